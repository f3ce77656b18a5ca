// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that nobody who embeds EventSQL builds it, and so that it measures what an application gets:
// it sees the public interface and nothing else.

let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
]

let package = Package(
    name: "EventSQLBenchmarks",
    products: [
        .executable(name: "workload", targets: ["workload"]),
        .executable(name: "bench-runner", targets: ["bench-runner"]),
    ],
    dependencies: [
        // Named, because the directory of a checkout may be called anything.
        .package(name: "EventSQL", path: "..")
    ],
    targets: [
        .target(name: "EventWorkload", swiftSettings: settings),
        .executableTarget(name: "workload", dependencies: ["EventWorkload"], swiftSettings: settings),
        .executableTarget(
            name: "bench-runner",
            dependencies: [
                .product(name: "EventSQL", package: "EventSQL"), .product(name: "EventIngest", package: "EventSQL"),
            ],
            swiftSettings: settings),
        .testTarget(name: "EventWorkloadTests", dependencies: ["EventWorkload"], swiftSettings: settings),
    ]
)
