// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QByteArrayView>
#include <QStringView>

#include <cstdint>
#include <vector>

namespace turnstone {

/// Writes JSON text piece by piece into a QByteArray. Numbers given as tokens are copied as they
/// are, so no digit is lost; what cannot stand in JSON (NaN, infinities) becomes a string.
///
/// The caller balances begin/end and calls key() before each value of an object; the writer
/// places commas and, with an indent, line breaks. The buffer may be taken and cleared between
/// calls to stream large documents. Not thread-safe.
class JsonWriter
{
public:
    /// `indent` spaces a level; 0 writes one line.
    explicit JsonWriter(QByteArray &out, int indent = 0) : m_out(out), m_indent(indent) {}

    void beginObject() { open('{'); }
    void endObject() { close('}'); }
    void beginArray() { open('['); }
    void endArray() { close(']'); }

    void key(QStringView name);
    void key(QByteArrayView utf8Name);

    void null() { raw("null"); }
    void boolean(bool value) { raw(value ? "true" : "false"); }
    void integer(std::int64_t value);
    /// The shortest text that reads back as the same double.
    void real(double value);
    void string(QStringView value);
    /// Bytes that are not UTF-8 become U+FFFD; callers that must not lose them check first.
    void string(QByteArrayView utf8);
    /// `token` must be one complete JSON value; it is copied unchanged.
    void raw(QByteArrayView token);
    /// A line break between top-level values (JSON Lines).
    void newline() { m_out.append('\n'); }

    /// Appends `utf8` as a quoted JSON string.
    static void appendQuoted(QByteArray &out, QByteArrayView utf8);
    /// The shortest text that reads back as the same double; "NaN", "Infinity", "-Infinity" else.
    static QByteArray realToken(double value);
    /// Whether `text` is a number by the grammar of RFC 8259.
    static bool isNumberToken(QByteArrayView text);

private:
    void open(char bracket);
    void close(char bracket);
    void beforeValue();
    void breakLine();

    QByteArray &m_out;
    const int m_indent;
    std::vector<bool> m_hasItems; // one entry per open bracket
    bool m_afterKey = false;
};

} // namespace turnstone
