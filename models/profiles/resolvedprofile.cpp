// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/profiles/resolvedprofile.h"

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

using Test = ProfileCondition::Test;

Test testFromWord(const QString &word)
{
    static const std::pair<QString, Test> words[] = {
        {u"not"_s, Test::Not}, {u"<"_s, Test::Less}, {u"<="_s, Test::LessOrEqual}, {u">"_s, Test::Greater},
        {u">="_s, Test::GreaterOrEqual}, {u"like"_s, Test::Like}, {u"ignoreCase"_s, Test::IgnoreCase},
        {u"olderThan"_s, Test::OlderThan}, {u"emptyText"_s, Test::EmptyText}};
    for (const auto &[name, test] : words) {
        if (name == word)
            return test;
    }
    return Test::Equal;
}

template<typename Range>
auto findById(const Range &range, const QString &id) -> decltype(&range.front())
{
    for (const auto &entry : range) {
        if (entry.id == id)
            return &entry;
    }
    return nullptr;
}

template<typename Range>
auto findByName(const Range &range, const QString &name) -> decltype(&range.front())
{
    for (const auto &entry : range) {
        if (entry.name == name)
            return &entry;
    }
    for (const auto &entry : range) {
        if (entry.name.compare(name, Qt::CaseInsensitive) == 0)
            return &entry;
    }
    return nullptr;
}

} // namespace

const ColumnProfile *TableProfile::column(const QString &columnName) const
{
    return findByName(columns, columnName);
}

const TableProfile *ResolvedProfile::table(const QString &name) const
{
    return findByName(tables, name);
}

const TreeGroup *ResolvedProfile::tree(const QString &id) const
{
    return findById(trees, id);
}

const ProfileAction *ResolvedProfile::action(const QString &id) const
{
    return findById(actions, id);
}

std::vector<const Lens *> ResolvedProfile::lensesFor(const QString &tableName) const
{
    std::vector<const Lens *> found;
    for (const Lens &lens : lenses) {
        if (lens.table == tableName)
            found.push_back(&lens);
    }
    return found;
}

std::vector<ProfileCondition> conditionsFromJson(const QJsonObject &object)
{
    std::vector<ProfileCondition> conditions;
    for (auto entry = object.begin(); entry != object.end(); ++entry) {
        const auto add = [&](Test test, const QJsonValue &value) {
            ProfileCondition condition;
            condition.column = entry.key();
            condition.test = test;
            if (value.isArray()) {
                const QJsonArray array = value.toArray();
                condition.values.assign(array.begin(), array.end());
            } else {
                condition.values.push_back(value);
            }
            if (test == Test::OlderThan)
                condition.seconds = secondsFromWords(value.toString()).value_or(0);
            conditions.push_back(std::move(condition));
        };
        if (!entry.value().isObject()) {
            add(Test::Equal, entry.value());
            continue;
        }
        const QJsonObject tests = entry.value().toObject();
        for (auto test = tests.begin(); test != tests.end(); ++test)
            add(testFromWord(test.key()), test.value());
    }
    return conditions;
}

std::vector<OrderColumn> orderFromJson(const QJsonArray &array)
{
    std::vector<OrderColumn> order;
    for (const QJsonValue &value : array) {
        const QString text = value.toString();
        const bool descending = text.startsWith(u'-');
        order.push_back({descending ? text.mid(1) : text, descending});
    }
    return order;
}

ColumnLink linkFromJson(const QJsonObject &object)
{
    ColumnLink link;
    for (auto entry = object.begin(); entry != object.end(); ++entry)
        link.emplace_back(entry.key(), entry.value().toString());
    return link;
}

std::optional<qint64> secondsFromWords(const QString &words)
{
    const QStringList parts = words.simplified().split(u' ');
    bool ok = false;
    const qint64 amount = parts.value(0).toLongLong(&ok);
    if (!ok || amount < 0 || amount > 1'000'000 || parts.size() != 2)
        return {};
    QString unit = parts[1].toLower();
    if (unit.endsWith(u's'))
        unit.chop(1);
    static const std::pair<QString, qint64> units[] = {{u"second"_s, 1}, {u"minute"_s, 60}, {u"hour"_s, 3600}, {u"day"_s, 86'400}, {u"week"_s, 604'800}};
    for (const auto &[name, seconds] : units) {
        if (name == unit)
            return amount * seconds;
    }
    return {};
}

} // namespace turnstone
