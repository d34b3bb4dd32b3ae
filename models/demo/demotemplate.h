// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/core/result.h"
#include "models/demo/demoformat.h"

#include <functional>
#include <vector>

namespace turnstone {

/// A text with places for the fields of a record, written in a mapping:
///
///     ${name}  ${name|format}     the field; in JSON templates with quotes and escapes as needed
///     ${*list}…${/}               once for every record of a list, with separators between; its
///                                 fields and those of the outer record can be named inside
///     ${?name}…${/}               only if the field is there and not false
///     ${^}…${/}                   what is inside, as one JSON string (JSON within JSON)
///
/// In a JSON template ' stands for ". Immutable after parse().
class DemoTemplate
{
public:
    enum class Syntax { Text, Json };

    /// Where a named field stands: in the record, or in the list that is being repeated.
    struct Place
    {
        int index = -1;
        bool inList = false;
    };
    /// `list` is the index of the list being repeated, or -1. An index of -1 in the answer: no such field.
    using Finder = std::function<Place(const QByteArray &name, int list)>;

    /// Errors: Syntax with the offending place.
    [[nodiscard]] static Result<DemoTemplate> parse(const QByteArray &text, Syntax syntax, JsonStyle style,
                                                    std::uint64_t seed, const Finder &find);

    void append(QByteArray &out, const DemoCell *record) const;

private:
    enum class PartKind { Literal, Field, Repeat, Condition, Nested, End };
    struct Part
    {
        PartKind kind = PartKind::Literal;
        QByteArray literal;
        Place place;
        DemoFormat format;
        std::size_t end = 0; // index of the End of a group
    };

    void appendParts(QByteArray &out, std::size_t from, std::size_t to, const DemoCell *record, const DemoCell *item) const;

    std::vector<Part> m_parts;
    Syntax m_syntax = Syntax::Text;
    JsonStyle m_style = JsonStyle::Python;
};

} // namespace turnstone
