/// The floors of STYLE: which project modules and system modules each target may import. An import outside this
/// table fails `ArchitectureTests`; docs/adr/0001 says why the floors are cut this way.
enum ImportTable {
    static let allowed: [String: Set<String>] = [
        "EventBase": ["CEventKernels"],
        "EventColumns": ["EventBase", "CRoaring"],
        "EventIO": ["EventBase", "Glibc"],
        "EventSyntax": ["EventBase"],
        "EventFormat": ["EventBase", "EventColumns", "CEventKernels", "CZstd"],
        "EventPlan": ["EventBase", "EventColumns", "EventSyntax"],
        "EventStore": ["EventBase", "EventColumns", "EventIO", "EventFormat"],
        "EventExec": ["EventBase", "EventColumns", "EventIO", "EventPlan", "EventSyntax"],
        "EventSQL": [
            "EventBase", "EventColumns", "EventIO", "EventSyntax", "EventPlan", "EventStore", "EventExec",
        ],
        "EventIngest": ["EventBase", "EventColumns", "EventIO", "EventSQL", "CSimdjson", "CZlib", "CZstd"],
        "EventRender": ["EventSQL"],
        "EventSQLShell": [
            "EventBase", "EventSQL", "EventIngest", "EventRender", "CEdit", "ArgumentParser", "Glibc", "Foundation",
        ],
    ]

    /// Modules of the toolchain that need no line above. Dispatch runs workers; it brings no Foundation with it.
    static let everywhere: Set<String> = ["Swift", "Synchronization", "Dispatch"]

    /// Files that may say `unsafe`: each carries an `UNSAFE:` comment with benefit and soundness.
    static func mayBeUnsafe(_ text: String) -> Bool { text.contains("UNSAFE:") }
}
