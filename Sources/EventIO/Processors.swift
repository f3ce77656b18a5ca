internal import Glibc

/// The processors that this process may use.
package enum Processors {
    /// At least 1.
    package static let count = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
}
