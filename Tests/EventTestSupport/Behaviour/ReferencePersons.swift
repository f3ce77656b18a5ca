/// The rows of each person, in time order: what every naive reference starts from. Written from SEMANTICS.md, with no
/// regard to speed and no knowledge of the engine.
package enum ReferencePersons {
    /// - Parameter merges: user id -> the id of the person it belongs to.
    package static func rows(of groups: [[TestEvent]], merges: [String: String] = [:]) -> [String: [TestEvent]] {
        var persons: [String: [TestEvent]] = [:]
        for event in groups.joined() {
            guard let user = event.user else { continue }
            persons[merges[user] ?? user, default: []].append(event)
        }
        return persons.mapValues { $0.sorted { $0.time < $1.time } }
    }
}
