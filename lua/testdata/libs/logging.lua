local logging = require "logging"
local logger = logging.new(function(self, level, message)
	if not message:match("^Logger:") then say(level, message) end
	return true
end)
logger:info("plain")
logger:warn("format %s %d", "x", 5)
logger:log(logging.ERROR, "by name")
logger:setLevel(logging.WARN)
logger:info("too little")
logger:error("enough")
logger:fatal(function(a) return "made of " .. a end, "it")
say("levels", logging.DEBUG, logging.FATAL)
say("bad level", (pcall(logger.setLevel, logger, "LOUD")))
local make = require "logging.file"
local name = os.tmpname()
local file = make(name, "%Y", "%level %message\n")
file:info("one")
file:debug("two")
say("file", io.open(name):read("*a"))
os.remove(name)
