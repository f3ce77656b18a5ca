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
        .executable(name: "workload", targets: ["workload"])
    ],
    targets: [
        .target(name: "EventWorkload", swiftSettings: settings),
        .executableTarget(name: "workload", dependencies: ["EventWorkload"], swiftSettings: settings),
        .testTarget(name: "EventWorkloadTests", dependencies: ["EventWorkload"], swiftSettings: settings),
    ]
)
