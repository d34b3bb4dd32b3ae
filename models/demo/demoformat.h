// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/demo/democell.h"

#include <QByteArray>

#include <optional>

namespace turnstone {

/// How JSON text is spelled by the language that the application is written in.
enum class JsonStyle {
    Python,    ///< json.dumps: ", " and ": ", everything beyond ASCII escaped, 1.0
    JavaScript ///< JSON.stringify: "," and ":", text as it is, 1
};

/// How one field is spelled in a column. Written in mappings as "micro", "uuid:agent", "hex:move:msg_".
class DemoFormat
{
public:
    enum class Kind {
        Natural,  ///< numbers as numbers, times as Micro, vectors as [1,2]
        Micro,    ///< 2025-10-21 09:14:00.123456
        Second,   ///< 2025-10-21 09:14:00
        Zone,     ///< 2025-10-21 09:14:00.123456+00
        Iso,      ///< 2025-10-21T09:14:00.123Z
        IsoMicro, ///< 2025-10-21T09:14:00.123456
        Epoch,    ///< whole seconds since 1970
        Array,    ///< {1,2} of a vector
        Uuid,     ///< a version 4 UUID made from a number and the name of its space
        Hex,      ///< a prefix and twelve hexadecimal digits, made likewise
        Upper,
        Raw,      ///< in JSON templates: escaped, but without the quotes
        Quoted    ///< in JSON templates: a number as a string
    };

    DemoFormat() = default;
    /// Nothing if the name is unknown. `seed` goes into the made-up keys.
    static std::optional<DemoFormat> parse(const QByteArray &name, std::uint64_t seed);

    Kind kind() const { return m_kind; }
    /// Whether a column gets the cell itself instead of a text.
    bool keeps(const DemoCell &cell) const;
    /// The cell as plain text.
    void append(QByteArray &out, const DemoCell &cell) const;
    /// The cell as a JSON value.
    void appendJson(QByteArray &out, const DemoCell &cell, JsonStyle style) const;

    /// The contents of a JSON string, without its quotes.
    static void appendEscaped(QByteArray &out, QByteArrayView utf8, JsonStyle style);

private:
    void appendTime(QByteArray &out, std::int64_t microseconds) const;
    void appendKey(QByteArray &out, std::int64_t number) const;

    Kind m_kind = Kind::Natural;
    QByteArray m_prefix;
    std::uint64_t m_space = 0;
};

} // namespace turnstone
