// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace turnstone {

/// What callers may branch on. Add a value only when some caller behaves differently for it.
enum class ErrorCode {
    Cancelled,       ///< the user or the caller asked to stop; nothing is wrong
    Connection,      ///< the database could not be reached or opened
    ConnectionLost,  ///< it was open and went away; a read may be tried again on a new connection
    OutcomeUnknown,  ///< the connection went away during COMMIT: it may or may not have happened
    Busy,            ///< somebody else holds a lock
    ReadOnly,        ///< a write was refused because the connection may only read
    Conflict,        ///< somebody else changed the same row meanwhile
    Constraint,      ///< the database refused a value
    Syntax,          ///< the statement or file is malformed; see Error::position
    NotADatabase,    ///< the file is of another kind, or encrypted
    Corrupt,         ///< the database is damaged
    NotFound,        ///< no such file, table, row, name
    Permission,      ///< the operating system or the server says no
    Unsupported,     ///< this engine, server or build cannot do it
    InvalidInput,    ///< the caller's words are wrong: an option, a key, a URL
    Io,              ///< reading or writing a file failed
    Internal         ///< a bug or an unforeseen answer
};

/// A failure, ready to show: `message` is a translated sentence for the user, `detail` is the
/// driver's or the operating system's own text for the log and the "Details" button. Neither
/// ever holds a password.
struct Error
{
    ErrorCode code = ErrorCode::Internal;
    QString message;
    QString detail;
    /// For Syntax: offset into the statement in characters, from 0; -1 if unknown.
    int position = -1;
};

} // namespace turnstone
