import EventBase
import EventIO
import EventTestSupport
import Foundation
import Testing

/// Goal: zone files are read right and never trusted. Method: random instants and wall clock times against Python's
/// zoneinfo; files with bytes changed.
struct TimeZoneTests {
    private static let script = """
        import random, sys, zoneinfo, datetime
        random.seed(int(sys.argv[1]))
        names = sorted(n for n in zoneinfo.available_timezones() if not n.startswith(("posix", "right")))
        epoch = datetime.datetime(1970, 1, 1)
        for _ in range(6000):
            name = random.choice(names)
            zone = zoneinfo.ZoneInfo(name)
            seconds = random.choice([random.randrange(-5_000_000_000, 9_000_000_000), random.randrange(0, 2_000_000_000)])
            naive = epoch + datetime.timedelta(seconds=seconds)
            utc = naive.replace(tzinfo=datetime.timezone.utc).astimezone(zone).utcoffset()
            local = naive.replace(tzinfo=zone).utcoffset()
            print(name, seconds, int(utc.total_seconds()), int(local.total_seconds()))
        """

    @Test("instants and wall clocks agree with Python's zoneinfo")
    func agree() throws {
        guard FileManager.default.isExecutableFile(atPath: "/usr/bin/python3") else { return }
        let seed = UInt64.random(in: 0...999_999)
        print("time zone seed \(seed)")
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/python3")
        process.arguments = ["-c", Self.script, "\(seed)"]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        var count = 0
        for line in output.split(separator: "\n") {
            let parts = line.split(separator: " ").map(String.init)
            guard parts.count == 4, let seconds = Int64(parts[1]), let utc = Int64(parts[2]),
                let local = Int64(parts[3])
            else { continue }
            let rules = try TimeZones.rules(named: parts[0])
            #expect(rules.offset(atUTC: seconds) == utc, "seed \(seed): \(line)")
            let instant = rules.instant(ofLocal: seconds * 1_000_000)
            #expect(instant == (seconds - local) * 1_000_000, "seed \(seed): \(line)")
            #expect(rules.local(ofMicros: seconds * 1_000_000) == (seconds + utc) * 1_000_000)
            count += 1
        }
        #expect(count > 5000)
    }

    @Test(
        "names that are none, or lead elsewhere, are refused",
        arguments: ["Europe/Atlantis", "../etc/passwd", "", "/", "a//b", "+99"])
    func unknown(name: String) throws {
        let error = #expect(throws: EventSQLError.self) { try TimeZones.rules(named: name) }
        #expect(error?.kind == .invalidInput)
    }

    @Test("fixed offsets", arguments: [("+02:00", 7200), ("-0530", -19_800), ("+7", 25_200), ("UTC", 0)])
    func fixed(name: String, offset: Int64) throws {
        #expect(try TimeZones.rules(named: name).offset(atUTC: 0) == offset)
    }

    @Test("files with bytes changed are read or refused")
    func mangled() throws {
        let seed = UInt64.random(in: 0...999_999)
        print("zone file seed \(seed)")
        var random = SeededRandom(seed: seed)
        for name in ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca", "Asia/Kathmandu"]
        {
            let whole = try [UInt8](Data(contentsOf: URL(filePath: "/usr/share/zoneinfo/\(name)")))
            _ = try TimeZoneFile.read(whole, name: name)
            for _ in 0..<2000 {
                var bytes = whole
                for _ in 0..<Int.random(in: 1...4, using: &random) {
                    bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
                }
                if Bool.random(using: &random) { bytes.removeLast(Int.random(in: 0..<bytes.count, using: &random)) }
                do throws(EventSQLError) {
                    let rules = try TimeZoneFile.read(bytes, name: name)
                    let seconds = Int64.random(in: -60_000_000_000...250_000_000_000, using: &random)
                    _ = rules.instant(ofLocal: seconds * 1_000_000)
                } catch { #expect(error.kind == .corruption, "seed \(seed)") }
            }
        }
    }
}
