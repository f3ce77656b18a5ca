internal import Glibc

/// What the machine has.
package enum Machine {
    /// Processors this process may run on, at least 1.
    package static let coreCount = max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
    /// Bytes of physical memory.
    package static let memorySizeBytes = max(
        1 << 28, Int(sysconf(Int32(_SC_PHYS_PAGES))) * Int(sysconf(Int32(_SC_PAGESIZE))))
}
