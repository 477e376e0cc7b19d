package lua

import glua "github.com/yuin/gopher-lua"

// osFunctions replace functions of os.
var osFunctions = map[string]*glua.LFunction{
	"exit": goFunction(osExit),
}

// osExit keeps a script from ending the server.
func osExit(L *glua.LState) int {
	L.RaiseError("os.exit would end the server; use KSR.x.exit() to end the route")
	return 0
}

// wait runs a function that blocks outside of the shard, if the script is in a route or loaded for one.
func (s *state) wait(f func()) {
	c := s.ctx
	if c == nil {
		c = s.loader
	}
	if c == nil {
		f()
		return
	}
	c.Wait(f)
}

// waiting makes a stock function let go of the shard while it runs.
func (s *state) waiting(stock glua.LGFunction) *glua.LFunction {
	return s.L.NewFunction(func(L *glua.LState) int {
		n := 0
		s.thread = L
		s.wait(func() { n = stock(L) })
		return n
	})
}

// openPopen makes os.execute and pipes of io.popen wait outside of the shard.
func (s *state) openPopen() {
	s.library("os").RawSetString("execute", s.waiting(s.stock("os", "execute")))
	files, ok := s.L.GetTypeMetatable("FILE*").(*glua.LTable)
	if !ok {
		return
	}
	pipes := s.pipeMethods(files)
	stock := s.stock("io", "popen")
	s.library("io").RawSetString("popen", s.L.NewFunction(func(L *glua.LState) int {
		n := 0
		s.thread = L
		s.wait(func() { n = stock(L) })
		if file, ok := L.Get(-n).(*glua.LUserData); ok {
			file.Metatable = pipes
		}
		return n
	}))
}

// pipeMethods is the metatable of files with methods that wait.
func (s *state) pipeMethods(files *glua.LTable) *glua.LTable {
	meta := s.L.NewTable()
	files.ForEach(func(k, v glua.LValue) { meta.RawSet(k, v) })
	methods := s.L.NewTable()
	if index, ok := meta.RawGetString("__index").(*glua.LTable); ok {
		index.ForEach(func(k, v glua.LValue) { methods.RawSet(k, v) })
	}
	for _, name := range []string{"read", "write", "close", "flush"} {
		if fn, ok := methods.RawGetString(name).(*glua.LFunction); ok && fn.IsG {
			methods.RawSetString(name, s.waiting(fn.GFunction))
		}
	}
	if read, ok := methods.RawGetString("read").(*glua.LFunction); ok {
		methods.RawSetString("lines", s.pipeLines(read.GFunction))
	}
	meta.RawSetString("__index", methods)
	return meta
}

// pipeLines is the lines method of a pipe, made of read.
func (s *state) pipeLines(read glua.LGFunction) *glua.LFunction {
	return s.L.NewFunction(func(L *glua.LState) int {
		file := L.CheckUserData(1)
		L.Push(L.NewFunction(func(L *glua.LState) int {
			L.SetTop(0)
			L.Push(file)
			return read(L)
		}))
		return 1
	})
}
