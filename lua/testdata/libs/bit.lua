local bit = require "bit"
say(bit.band(0xff, 0x0f), bit.bor(1, 2, 4), bit.bxor(5, 1), bit.bnot(0))
say(bit.lshift(1, 31), bit.rshift(-1, 28), bit.arshift(-256, 4), bit.rol(0x12345678, 12), bit.ror(0x12345678, 12))
say(bit.tobit(0xffffffff), bit.tohex(255), bit.tohex(-1, 4), bit.tohex(0xabc, -4), bit.bswap(0x12345678))
