// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/demo/demotemplate.h"

#include <QCoreApplication>

namespace turnstone {

Result<DemoTemplate> DemoTemplate::parse(const QByteArray &text, Syntax syntax, JsonStyle style, std::uint64_t seed,
                                         const Finder &find)
{
    DemoTemplate result;
    result.m_syntax = syntax;
    result.m_style = style;
    std::vector<std::size_t> open;
    int list = -1;
    const auto wrong = [&](const QByteArray &place) {
        return failure(ErrorCode::Syntax, QCoreApplication::translate("DemoTemplate", "\"%1\" is not understood in \"%2\".")
                                              .arg(QString::fromUtf8(place), QString::fromUtf8(text)));
    };
    const auto addLiteral = [&](QByteArray literal) {
        if (literal.isEmpty())
            return;
        if (syntax == Syntax::Json)
            literal.replace('\'', '"');
        Part part;
        part.literal = literal;
        result.m_parts.push_back(part);
    };
    qsizetype done = 0;
    for (;;) {
        const qsizetype begin = text.indexOf("${", done);
        addLiteral(begin < 0 ? text.mid(done) : text.mid(done, begin - done));
        if (begin < 0)
            break;
        const qsizetype end = text.indexOf('}', begin);
        if (end < 0)
            return wrong(text.mid(begin));
        const QByteArray place = text.mid(begin + 2, end - begin - 2);
        done = end + 1;
        Part part;
        if (place == "/") {
            if (open.empty())
                return wrong(place);
            if (result.m_parts[open.back()].kind == PartKind::Repeat)
                list = -1;
            result.m_parts[open.back()].end = result.m_parts.size();
            open.pop_back();
            part.kind = PartKind::End;
            result.m_parts.push_back(part);
            continue;
        }
        QByteArray name = place;
        if (place == "^") {
            part.kind = PartKind::Nested;
        } else if (place.startsWith('*') || place.startsWith('?')) {
            part.kind = place.startsWith('*') ? PartKind::Repeat : PartKind::Condition;
            name = place.mid(1);
        } else {
            part.kind = PartKind::Field;
            const qsizetype bar = place.indexOf('|');
            if (bar >= 0) {
                name = place.left(bar);
                const std::optional<DemoFormat> format = DemoFormat::parse(place.mid(bar + 1), seed);
                if (!format)
                    return wrong(place);
                part.format = *format;
            }
        }
        if (part.kind != PartKind::Nested) {
            part.place = find(name, list);
            if (part.place.index < 0 || (part.kind == PartKind::Repeat && list >= 0))
                return wrong(place);
        }
        if (part.kind != PartKind::Field)
            open.push_back(result.m_parts.size());
        if (part.kind == PartKind::Repeat)
            list = part.place.index;
        result.m_parts.push_back(part);
    }
    if (!open.empty())
        return wrong("${/}");
    return result;
}

void DemoTemplate::append(QByteArray &out, const DemoCell *record) const
{
    appendParts(out, 0, m_parts.size(), record, nullptr);
}

void DemoTemplate::appendParts(QByteArray &out, std::size_t from, std::size_t to, const DemoCell *record,
                               const DemoCell *item) const
{
    for (std::size_t i = from; i < to; ++i) {
        const Part &part = m_parts[i];
        const auto cell = [&]() -> const DemoCell & { return part.place.inList ? item[part.place.index] : record[part.place.index]; };
        switch (part.kind) {
        case PartKind::Literal: out.append(part.literal); break;
        case PartKind::Field:
            if (m_syntax == Syntax::Json)
                part.format.appendJson(out, cell(), m_style);
            else
                part.format.append(out, cell());
            break;
        case PartKind::Repeat:
            if (cell().kind() == DemoCell::Kind::List) {
                const DemoList &list = cell().list();
                for (int row = 0; row < list.count(); ++row) {
                    if (row > 0)
                        out.append(m_syntax == Syntax::Json && m_style == JsonStyle::Python ? ", " : ",");
                    appendParts(out, i + 1, part.end, record, list.row(row));
                }
            }
            i = part.end;
            break;
        case PartKind::Condition:
            if (!cell().isNull() && !(cell().kind() == DemoCell::Kind::Flag && cell().integer() == 0))
                appendParts(out, i + 1, part.end, record, item);
            i = part.end;
            break;
        case PartKind::Nested: {
            QByteArray inner;
            appendParts(inner, i + 1, part.end, record, item);
            out.append('"');
            DemoFormat::appendEscaped(out, inner, m_style);
            out.append('"');
            i = part.end;
            break;
        }
        case PartKind::End: break;
        }
    }
}

} // namespace turnstone
