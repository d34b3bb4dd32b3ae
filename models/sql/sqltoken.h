// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtGlobal>

namespace turnstone {

enum class SqlTokenKind {
    Space,
    Comment,
    Word,             ///< keyword or unquoted identifier
    QuotedIdentifier, ///< "a", and in SQLite `a` and [a]
    String,           ///< 'a', and in PostgreSQL E'a', U&'a', N'a', $tag$a$tag$
    Blob,             ///< x'00', in PostgreSQL also b'01'
    Number,
    Parameter,        ///< ?, ?1, :a, @a, $a in SQLite; $1, :a in PostgreSQL
    Operator,         ///< also ( ) , .
    Semicolon,
    CopyData,         ///< PostgreSQL: the lines after COPY … FROM stdin; through \.
    MetaCommand,      ///< PostgreSQL: a backslash command of psql through the end of its line
    Invalid           ///< what the engine refuses, e.g. a string that is never closed in SQLite
};

/// A piece of the text that was lexed. Offsets count UTF-16 units.
struct SqlToken
{
    SqlTokenKind kind = SqlTokenKind::Space;
    qsizetype start = 0;
    qsizetype length = 0;
    /// False for a string, comment, quoted identifier or data block that the end of the text cut off.
    bool closed = true;

    qsizetype end() const { return start + length; }
    /// Neither space nor comment.
    bool isSignificant() const { return kind != SqlTokenKind::Space && kind != SqlTokenKind::Comment; }

    friend bool operator==(const SqlToken &a, const SqlToken &b) = default;
};

} // namespace turnstone
