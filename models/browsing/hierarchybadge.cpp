// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/browsing/hierarchybadge.h"

#include "models/items/celltext.h"

#include <QCoreApplication>
#include <QLocale>

#include <algorithm>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype maximumLength = 28;

struct HierarchyBadgeText
{
    Q_DECLARE_TR_FUNCTIONS(HierarchyBadge)
};

BadgeTone toneNamed(const QString &name)
{
    if (name == u"good")
        return BadgeTone::Good;
    if (name == u"warn")
        return BadgeTone::Warn;
    return name == u"bad" ? BadgeTone::Bad : BadgeTone::Neutral;
}

const QString *valueOf(const std::vector<std::pair<QString, QString>> &list, const QStringList &spellings)
{
    const auto found = std::find_if(list.begin(), list.end(), [&](const auto &entry) { return spellings.contains(entry.first); });
    return found == list.end() ? nullptr : &found->second;
}

/// What a badge's column is and means.
struct BadgeColumn
{
    const ColumnProfile *profile = nullptr;
    const CatalogColumn *column = nullptr;
    QString name;
};

BadgeColumn columnOf(const FieldRef &field, const TreeNode &node, const Catalog &catalog, const ResolvedProfile &profile)
{
    BadgeColumn found;
    found.name = field.jsonPath.isEmpty() ? field.column : field.jsonPath.back();
    if (field.jsonPath.isEmpty()) {
        const QString table = field.hops.empty() ? node.table : field.hops.back().table;
        if (const TableProfile *known = profile.table(table))
            found.profile = known->column(field.column);
        if (const CatalogTable *known = catalog.table(table, profile.schema))
            found.column = known->column(field.column);
    }
    if (found.profile != nullptr && !found.profile->title.isEmpty())
        found.name = found.profile->title;
    found.name.replace(u'_', u' ');
    return found;
}

bool isNumber(const Value &value, const BadgeColumn &column)
{
    if (value.type() == ValueType::Integer || value.type() == ValueType::Real)
        return true;
    return column.column != nullptr && value.type() == ValueType::Text && isNumericType(column.column->type);
}

QString numberText(const Value &value, bool isAmount)
{
    const QString digits = value.toDisplayText();
    bool isNumber = false;
    const double number = digits.toDouble(&isNumber);
    if (!isNumber)
        return digits;
    if (digits.contains(u'.') || digits.contains(u'e'))
        return QLocale().toString(number, 'g', 3);
    return isAmount ? QLocale().toString(digits.toLongLong()) : digits; // a port has no thousands
}

QString withUnit(const QString &meaning, const BadgeColumn &column, const Value &value)
{
    const QString amount = numberText(value, true);
    if (meaning == u"tokens")
        return HierarchyBadgeText::tr("%1 tokens").arg(amount);
    if (meaning == u"duration-ms" || column.name.endsWith(u" ms"_s))
        return HierarchyBadgeText::tr("%1 ms").arg(amount);
    if (meaning == u"duration-s")
        return HierarchyBadgeText::tr("%1 s").arg(amount);
    if (meaning == u"tokens-per-second")
        return HierarchyBadgeText::tr("%1 tokens/s").arg(amount);
    // Rather half a name than half a number; "health 87" says no less than "health score 87".
    const QString number = numberText(value, false);
    const QString name = column.name.endsWith(u" score"_s) ? column.name.chopped(6) : column.name;
    const qsizetype room = std::max<qsizetype>(maximumLength - number.size() - 1, 2);
    return (name.size() > room ? name.left(room - 1).trimmed() + u'…' : name) + u' ' + number;
}

/// "is active" → "active": a badge that is there says that it is so.
QString claimOf(const QString &name)
{
    for (const QString &verb : {u"is "_s, u"has "_s}) {
        if (name.startsWith(verb) && name.size() > verb.size())
            return name.mid(verb.size());
    }
    return name;
}

} // namespace

std::vector<HierarchyBadge> badgesOf(const TreeNode &node, const Catalog &catalog, const ResolvedProfile &profile)
{
    std::vector<HierarchyBadge> badges;
    for (const TreeBadge &badge : node.badges) {
        const Result<FieldRef> field = FieldRef::parse(badge.field);
        const QString text = badge.value.toDisplayText().simplified();
        if (!field || badge.value.isNull() || text.isEmpty())
            continue;
        const BadgeColumn column = columnOf(*field, node, catalog, profile);
        const QString meaning = column.profile == nullptr ? QString() : column.profile->meaning;
        const bool isBoolean = meaning == u"boolean" || (column.column != nullptr && column.column->type.startsWith(u"bool"_s, Qt::CaseInsensitive));
        const bool isTrue = text == u"1" || text == u"t" || text.compare(u"true"_s, Qt::CaseInsensitive) == 0;
        QStringList spellings{text};
        if (isBoolean)
            spellings += isTrue ? QStringList{u"1"_s, u"true"_s} : QStringList{u"0"_s, u"false"_s};
        const QString *tone = column.profile == nullptr ? nullptr : valueOf(column.profile->tones, spellings);
        const QString *words = column.profile == nullptr ? nullptr : valueOf(column.profile->values, spellings);
        HierarchyBadge made{text, tone == nullptr ? BadgeTone::Neutral : toneNamed(*tone)};
        if (words != nullptr && !words->isEmpty())
            made.text = *words;
        else if (isBoolean && isTrue)
            made.text = claimOf(column.name);
        else if (isBoolean)
            made.text = tone == nullptr ? QString() : HierarchyBadgeText::tr("%1: no").arg(claimOf(column.name));
        else if (isNumber(badge.value, column))
            made.text = withUnit(meaning, column, badge.value);
        if (made.text.isEmpty() || (made.tone == BadgeTone::Neutral && node.label.split(u" · "_s).contains(made.text)))
            continue;
        if (made.text.size() > maximumLength) // what stands in brackets explains; the tree has no room for it
            made.text = made.text.section(u" ("_s, 0, 0);
        if (made.text.size() > maximumLength)
            made.text = made.text.left(maximumLength - 1).trimmed() + u'…';
        badges.push_back(std::move(made));
    }
    return badges;
}

} // namespace turnstone
