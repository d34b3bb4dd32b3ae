// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/catalog/catalog.h"
#include "models/database/value.h"
#include "models/profiles/resolvedprofile.h"

#include <QDateTime>

#include <map>
#include <optional>
#include <vector>

namespace turnstone {

/// A rule that a row does not meet.
struct RuleBreach
{
    QString column;
    /// Its name in the database or in the profile; "NOT NULL", "type" and so on for those without.
    QString rule;
    QString sentence;
    /// Unusual, but neither the database nor the application refuses it.
    bool isWarning = false;
};

/// The rules of one table, from its DDL and its profile, checked before anything is saved. The database's own word counts in
/// the end: CHECKs that are more than comparisons and lists are left to it. Keeps references to the arguments.
class EditRules
{
public:
    EditRules(const CatalogTable &table, const TableProfile *profile) : m_table(table), m_profile(profile) {}

    /// Of `row` as it will be, the rules that concern these columns.
    std::vector<RuleBreach> check(const std::map<QString, Value> &row, const QStringList &changed, const QDateTime &nowUtc) const;
    /// The values that a column takes, with their words; empty if it takes others too.
    std::vector<std::pair<QString, QString>> choices(const QString &column) const;
    /// Why the column may not be changed in place, where a new row with the change can take its place.
    struct Immutable
    {
        QString sentence;
        /// The column of the new row that points to the old one; empty if none does.
        QString forkVia;
    };
    std::optional<Immutable> immutable(const QString &column) const;

private:
    void checkDeclared(const CatalogColumn &column, const Value &value, std::vector<RuleBreach> &breaches) const;
    void checkChecks(const QString &column, const Value &value, std::vector<RuleBreach> &breaches) const;
    void checkProfile(const ColumnProfile &column, const Value &value, std::vector<RuleBreach> &breaches) const;
    void checkRule(const QJsonObject &rule, const std::map<QString, Value> &row, std::vector<RuleBreach> &breaches) const;

    const CatalogTable &m_table;
    const TableProfile *m_profile;
};

} // namespace turnstone
