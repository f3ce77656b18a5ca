// swift-tools-version: 6.2
import PackageDescription

/// Settings of every Swift target: Swift 6 mode comes with the tools version; the rest is opt-in.
let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableExperimentalFeature("Lifetimes"),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
]

/// A target of the engine and the lower floors it may import (docs/adr/0001; ArchitectureTests hold the same table).
func floor(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: name, dependencies: dependencies, swiftSettings: settings)
}

let package = Package(
    name: "EventSQL",
    products: [
        .library(name: "EventSQL", targets: ["EventSQL"]),
        .library(name: "EventIngest", targets: ["EventIngest"]),
        .executable(name: "eventsql", targets: ["EventSQLShell"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0")
    ],
    targets: [
        .systemLibrary(name: "CRoaring", providers: [.apt(["libroaring-dev"])]),
        .systemLibrary(name: "CZstd", providers: [.apt(["libzstd-dev"])]),
        .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CEdit", providers: [.apt(["libedit-dev"])]),
        .systemLibrary(name: "CSQLite", path: "Tests/CSQLite", providers: [.apt(["libsqlite3-dev"])]),
        .target(name: "CEventKernels"),
        .target(name: "CSimdjson", linkerSettings: [.linkedLibrary("simdjson")]),
        floor("EventBase", ["CEventKernels"]),
        floor("EventColumns", ["EventBase", "CRoaring"]),
        floor("EventIO", ["EventBase"]),
        floor("EventSyntax", ["EventBase"]),
        floor("EventFormat", ["EventBase", "EventColumns", "CEventKernels", "CZstd"]),
        floor("EventPlan", ["EventBase", "EventColumns", "EventSyntax"]),
        floor("EventStore", ["EventBase", "EventColumns", "EventIO", "EventFormat"]),
        floor("EventExec", ["EventBase", "EventColumns", "EventIO", "EventSyntax", "EventPlan"]),
        floor(
            "EventSQL",
            ["EventBase", "EventColumns", "EventIO", "EventSyntax", "EventPlan", "EventStore", "EventExec"]),
        floor("EventIngest", ["EventBase", "EventColumns", "EventIO", "EventSQL", "CSimdjson", "CZlib", "CZstd"]),
        floor("EventRender", ["EventSQL"]),
        .executableTarget(
            name: "EventSQLShell",
            dependencies: [
                "EventSQL", "EventIngest", "EventRender", "CEdit",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: settings),
        .target(
            name: "EventTestSupport",
            dependencies: ["EventBase", "EventColumns", "EventIO"],
            path: "Tests/EventTestSupport", swiftSettings: settings),
        tests("EventBaseTests", ["EventBase", "CEventKernels", "EventTestSupport"]),
        tests("EventColumnsTests", ["EventColumns", "EventTestSupport"]),
        tests("EventIOTests", ["EventIO", "EventTestSupport"]),
        tests("EventSyntaxTests", ["EventSyntax", "EventTestSupport"]),
        tests("EventFormatTests", ["EventFormat", "CEventKernels", "EventTestSupport"]),
        tests("EventPlanTests", ["EventPlan", "EventTestSupport"]),
        .executableTarget(
            name: "EventCrashChild", dependencies: ["EventBase", "EventColumns", "EventIO", "EventStore"],
            path: "Tests/EventCrashChild", swiftSettings: settings),
        tests("EventStoreTests", ["EventStore", "EventTestSupport", "EventCrashChild"]),
        tests("EventExecTests", ["EventExec", "EventTestSupport"]),
        tests("EventSQLTests", ["EventSQL", "EventTestSupport"]),
        tests("EventIngestTests", ["EventIngest", "EventSQL", "EventTestSupport"]),
        tests("EventRenderTests", ["EventRender", "EventSQL", "EventTestSupport"]),
        tests("EventSQLShellTests", ["EventSQLShell", "EventTestSupport"]),
        tests("LogicTests", ["EventSQL", "EventIngest", "EventTestSupport", "CSQLite"]),
        tests("ArchitectureTests", []),
    ],
    cLanguageStandard: .c11,
    cxxLanguageStandard: .cxx17
)

// Benchmarks of single kernels see what only this package sees, so they are targets of it; they and their tool are left out of
// everybody else's build. `make bench-kernels` asks for them.
if Context.environment["EVENTSQL_KERNEL_BENCHMARKS"] != nil {
    package.dependencies.append(.package(url: "https://github.com/ordo-one/benchmark", from: "1.38.1", traits: []))
    package.targets.append(
        .executableTarget(
            name: "Kernels",
            dependencies: [
                "EventBase", "EventColumns", "EventIO", "EventSyntax", "EventPlan", "EventStore", "EventExec",
                .product(name: "Benchmark", package: "benchmark"),
            ],
            path: "Benchmarks/Kernels", swiftSettings: settings,
            plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]))
}
