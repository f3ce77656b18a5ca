/// Every bound of the engine, with its reason. A limit that is met is an `EventSQLError.Kind.limit` or a rejected row,
/// never a trap. SPEC 5 repeats this table.
public enum Limits {
    /// Rows of a granule: eight granules are one Roaring container, so row bitmaps line up.
    public static let granuleRowCount = 8192
    /// Values of a bit-packed block: 8 lanes of 32 values.
    public static let blockValueCount = 256
    /// Rows of a batch between operators: small enough for L1/L2, large enough that a call per batch costs nothing.
    public static let batchRowCount = 2048
    /// Rows of a segment; row ids are 32 bits and a compaction must finish in seconds.
    public static let segmentRowCountMax = 8 << 20
    /// Distinct persons of a database; ordinals are 32 bits and 0 means "no user".
    public static let userCountMax = Int(UInt32.max) - 1
    /// Columns of an event table; beyond this a client is putting data into keys.
    public static let columnCountMax = 4096
    /// Rows that one statement or call may put into a keyed table; they become one frame of the log.
    public static let keyedChangeRowCountMax = 4 << 20
    /// Bytes of those rows: all of them are in memory at once.
    public static let keyedChangeSizeBytesMax = 1 << 30
    /// Columns of a keyed table; they are declared, so a wide one is a mistake.
    public static let keyedColumnCountMax = 1024
    /// Bytes of a primary key, all its columns together.
    public static let keySizeBytesMax = 4096
    /// Tables of a database; every manifest lists them all.
    public static let tableCountMax = 4096
    /// Bytes of a column path such as `properties.plan_type`.
    public static let pathSizeBytesMax = 512
    /// Bytes of one string value; longer rows are rejected, never cut.
    public static let stringSizeBytesMax = 256 << 10
    /// Bytes of a user id, session id, event id or event name.
    public static let identifierSizeBytesMax = 4096
    /// Bytes of one input line.
    public static let lineSizeBytesMax = 16 << 20
    /// Levels of JSON objects and arrays.
    public static let jsonDepthMax = 32
    /// Earliest and latest storable instant: years 1 to 9999, microseconds since 1970-01-01T00:00:00Z.
    public static let timestampMicrosMin: Int64 = -62_135_596_800_000_000
    public static let timestampMicrosMax: Int64 = 253_402_300_799_999_999
    /// Bytes of a statement's text.
    public static let statementSizeBytesMax = 4 << 20
    /// Nesting of expressions and subqueries; guards the parser's stack.
    public static let expressionDepthMax = 256
    /// Operators that hang on each other, `1 + 1 + 1 ...`; guards every walk over the tree. AND and OR chains are exempt.
    public static let expressionHeightMax = 1000
    /// Columns of a CUBE: it makes two to the power of them grouping sets.
    public static let cubeColumnCountMax = 12
    /// Values of a row that is compared with another; `<` nests as deep.
    public static let rowValueCountMax = 64
    /// Rows of a series in FROM: a few minutes' work; more are hardly meant.
    public static let seriesRowCountMax = 1 << 32
    /// Rounds of WITH RECURSIVE: a minute or so of rounds of one row; more are hardly meant.
    public static let recursionRoundCountMax = 1 << 20
    /// Tables joined in one FROM.
    public static let joinCountMax = 256
    /// Steps of a funnel; a step mask is one 64-bit word.
    public static let funnelStepCountMax = 64
    /// Hours, days, weeks or months of one answer; a row with a wrong year must not make an endless table.
    public static let periodCountMax = 100_000
    /// Nodes of a path; a longer one is a wish to read single timelines.
    public static let pathDepthMax = 100
    /// Bytes of the filters with which a writer recognises event ids it has stored; beyond it they are made anew.
    public static let duplicateFilterSizeBytesMax = 128 << 20
}
