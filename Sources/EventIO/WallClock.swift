internal import Glibc

/// The system's clock of civil time.
package enum WallClock {
    /// Microseconds since 1970-01-01T00:00:00Z. UNSAFE: benefit: the one system call for it. Soundness: the kernel fills
    /// the struct it is given.
    package static func nowMicros() -> Int64 {
        var time = timespec()
        _ = unsafe clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
    }
}
