// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/profiles/labeltemplate.h"

#include <QCoreApplication>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("Profiles", text);
}

tl::unexpected<Error> mistake(const QString &message, qsizetype position)
{
    return tl::unexpected(Error{ErrorCode::Syntax, message, {}, static_cast<int>(position)});
}

/// A literal that only keeps two values apart.
bool isSeparator(const QString &literal)
{
    for (const QChar c : literal) {
        if (!c.isSpace() && !u"·–—-/|,:#"_s.contains(c))
            return false;
    }
    return true;
}

QString escapedLiteral(QString literal)
{
    return literal.replace(u'{', u"{{"_s).replace(u'}', u"}}"_s);
}

Result<LabelTemplate::Part> parseFields(QString inside, qsizetype position)
{
    LabelTemplate::Part part;
    const qsizetype colon = inside.lastIndexOf(u':');
    if (colon >= 0) {
        bool ok = false;
        part.maximumLength = inside.sliced(colon + 1).trimmed().toInt(&ok);
        if (!ok || part.maximumLength < 1)
            return mistake(tr("A length must follow the colon in {%1}.").arg(inside), position);
        inside.truncate(colon);
    }
    const QStringList alternatives = inside.split(u'|');
    for (const QString &alternative : alternatives) {
        Result<FieldRef> field = FieldRef::parse(alternative);
        if (!field)
            return mistake(field.error().message, position);
        part.alternatives.push_back(*field);
    }
    return part;
}

} // namespace

Result<FieldRef> FieldRef::parse(const QString &text)
{
    QString rest = text.trimmed();
    rest.replace(u"->"_s, u"→"_s);
    FieldRef field;
    const QStringList steps = rest.split(u'→');
    for (qsizetype i = 0; i < steps.size(); ++i) {
        QStringList words = steps[i].split(u'.');
        for (QString &word : words)
            word = word.trimmed();
        const bool first = i == 0;
        const bool last = i == steps.size() - 1;
        const qsizetype wanted = first ? 1 : 2;
        if (words.contains(QString()) || words.size() < wanted)
            return mistake(first ? tr("\"%1\" names no column.").arg(text) : tr("After an arrow a table and a column are expected in \"%1\".").arg(text), 0);
        if (!first)
            field.hops.back().table = words.takeFirst();
        const QString column = words.takeFirst();
        if (last) {
            field.column = column;
            field.jsonPath = words;
        } else {
            if (!words.isEmpty())
                return mistake(tr("A key cannot stand inside JSON in \"%1\".").arg(text), 0);
            field.hops.push_back({column, {}});
        }
    }
    return field;
}

QString FieldRef::toString() const
{
    QString text;
    QString table;
    for (const Hop &hop : hops) {
        text += (table.isEmpty() ? hop.column : table + u'.' + hop.column) + u'→';
        table = hop.table;
    }
    text += table.isEmpty() ? column : table + u'.' + column;
    for (const QString &key : jsonPath)
        text += u'.' + key;
    return text;
}

Result<LabelTemplate> LabelTemplate::parse(const QString &text)
{
    std::vector<Part> parts;
    QString literal;
    const auto endLiteral = [&] {
        if (!literal.isEmpty())
            parts.push_back({literal, {}, 0});
        literal.clear();
    };
    for (qsizetype i = 0; i < text.size(); ++i) {
        const QChar c = text[i];
        const bool doubled = i + 1 < text.size() && text[i + 1] == c;
        if ((c == u'{' || c == u'}') && doubled) {
            literal += c;
            ++i;
        } else if (c == u'}') {
            return mistake(tr("A closing brace has no opening one; a brace itself is written twice."), i);
        } else if (c == u'{') {
            const qsizetype end = text.indexOf(u'}', i);
            if (end < 0)
                return mistake(tr("The closing brace is missing."), i);
            endLiteral();
            Result<Part> part = parseFields(text.sliced(i + 1, end - i - 1), i);
            if (!part)
                return tl::unexpected(part.error());
            parts.push_back(std::move(*part));
            i = end;
        } else {
            literal += c;
        }
    }
    endLiteral();
    return LabelTemplate(std::move(parts));
}

QString LabelTemplate::toString() const
{
    QString text;
    for (const Part &part : m_parts) {
        if (part.alternatives.empty()) {
            text += escapedLiteral(part.literal);
            continue;
        }
        QStringList fields;
        for (const FieldRef &field : part.alternatives)
            fields.append(field.toString());
        text += u'{' + fields.join(u'|') + (part.maximumLength > 0 ? u":%1"_s.arg(part.maximumLength) : QString()) + u'}';
    }
    return text;
}

QString LabelTemplate::render(const QStringList &values) const
{
    QString text;
    QString waiting; // a separator that only comes if something follows
    qsizetype next = 0;
    for (const Part &part : m_parts) {
        if (part.alternatives.empty()) {
            if (isSeparator(part.literal))
                waiting = part.literal;
            else {
                text += waiting + part.literal;
                waiting.clear();
            }
            continue;
        }
        QString value = next < values.size() ? values[next] : QString();
        ++next;
        value.replace(u'\n', u' ').replace(u'\r', u' ');
        value = value.trimmed();
        if (value.isEmpty())
            continue;
        if (part.maximumLength > 0 && value.size() > part.maximumLength) {
            qsizetype end = value.lastIndexOf(u' ', part.maximumLength - 1);
            if (end < part.maximumLength / 2)
                end = part.maximumLength - 1;
            if (value[end - 1].isHighSurrogate())
                --end;
            value = value.left(end).trimmed() + u'…';
        }
        if (!text.isEmpty())
            text += waiting;
        waiting.clear();
        text += value;
    }
    return text;
}

} // namespace turnstone
