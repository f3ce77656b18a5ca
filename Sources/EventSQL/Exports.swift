// An application that imports EventSQL sees EventSQLError, SourcePosition and Limits without a second import.
@_exported public import EventBase
