import CEdit

/// The memory of this process.
enum Heap {
    /// Gives memory of 64 KiB and more back to the system as soon as it is freed. Ingestion and compaction fill and free large
    /// buffers of many sizes; kept for later, they leave holes: 20 million rows took 800 MB so, and take 410 MB like this.
    ///
    /// Queries do better without, since fresh memory costs a fault for each page; and a library leaves its host's heap alone.
    static func returnLargeBlocks() { _ = mallopt(M_MMAP_THRESHOLD, 64 << 10) }
}
