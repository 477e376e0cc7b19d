package privilege

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// keep gives every thread these rights and no others (capset(2)). What the container does not have is not asked for.
func keep(rights uint64) error {
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var has [2]unix.CapUserData
	if err := unix.Capget(&header, &has[0]); err != nil {
		return err
	}
	var data [2]unix.CapUserData
	for i := range data {
		data[i].Permitted = uint32(rights>>(32*i)) & has[i].Permitted
		data[i].Effective = data[i].Permitted
	}
	_, _, errno := syscall.AllThreadsSyscall(unix.SYS_CAPSET, uintptr(unsafe.Pointer(&header)), uintptr(unsafe.Pointer(&data[0])), 0)
	return orCgo(errno)
}
