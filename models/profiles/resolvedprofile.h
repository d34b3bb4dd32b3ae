// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/database/databaseurl.h"
#include "models/profiles/labeltemplate.h"

#include <QJsonArray>
#include <QJsonObject>
#include <QJsonValue>
#include <QString>
#include <QStringList>

#include <optional>
#include <utility>
#include <vector>

namespace turnstone {

/// Columns of the child (first) and the columns of the parent that they equal (second).
using ColumnLink = std::vector<std::pair<QString, QString>>;

struct OrderColumn
{
    QString column;
    bool descending = false;
};

/// One of the conditions on a row, all of which must hold.
struct ProfileCondition
{
    enum class Test { Equal, Not, Less, LessOrEqual, Greater, GreaterOrEqual, Like, IgnoreCase, OlderThan, EmptyText };
    QString column;
    Test test = Test::Equal;
    /// Equal with several values: one of them. Null stands for NULL.
    std::vector<QJsonValue> values;
    /// OlderThan.
    qint64 seconds = 0;
};

struct ColumnProfile
{
    QString name;
    /// "utc-text", "json", … as listed in resources/profiles/README.md; empty for plain values.
    QString meaning;
    QString title;
    QString about;
    /// Allowed values and their words (the value itself if there are none).
    std::vector<std::pair<QString, QString>> values;
    /// Value → "good", "bad", "warn", "neutral".
    std::vector<std::pair<QString, QString>> tones;
    /// What the application fills in: a value, {"now": true}, {"uuid": true}.
    std::optional<QJsonValue> defaultValue;
    QString referencedTable;
    QString referencedColumn;
    std::optional<double> minimum;
    std::optional<double> maximum;
    QString pattern;
    int dimension = 0;
    bool optional = false;
    /// The text names rows of another table: pattern, table, column.
    struct Mention
    {
        QString pattern;
        QString table;
        QString column;
    };
    std::vector<Mention> mentions;
};

struct TableProfile
{
    QString name;
    /// The name that the profile's body uses for it.
    QString bodyName;
    QString title;
    QString singular;
    QString about;
    bool optional = false;
    LabelTemplate label;
    std::vector<FieldRef> badges;
    QStringList key;
    std::vector<ColumnProfile> columns;
    /// `rules`, `immutable`, `ordered`, `together`, `deactivate`, `onDelete` as documented, validated,
    /// in the names of this database.
    QJsonObject details;

    const ColumnProfile *column(const QString &columnName) const;
};

/// A level of a hierarchy: the rows of one table that belong to a row of the level above.
struct TreeGroup
{
    QString id; ///< the word in paths
    QString title;
    QString table;
    ColumnLink link; ///< empty at the root
    /// Through a junction table.
    struct Via
    {
        QString table;
        ColumnLink link; ///< junction → parent
        ColumnLink to;   ///< junction → this group's table
        std::vector<OrderColumn> order;
    };
    std::optional<Via> via;
    /// Child columns → own key columns; roots point nowhere.
    ColumnLink selfLink;
    QString selfId;
    std::vector<ProfileCondition> where;
    std::vector<OrderColumn> order;
    LabelTemplate label;
    std::vector<FieldRef> badges;
    QStringList key;
    bool counted = true;
    QString fold;
    std::vector<TreeGroup> children;
};

struct Lens
{
    QString kind;
    QString id;
    QString title;
    QString table;
    /// The parts of that kind as documented, validated, in the names of this database.
    QJsonObject parts;
};

struct ProfileAction
{
    QString id;
    QString title;
    QString about;
    QString table;
    /// "selection", "where", "all", "database".
    QString rows;
    /// `where`, `set`, `steps`, `parameters`, `preview`, `confirm`.
    QJsonObject details;
};

struct ProfileCheck
{
    QString id;
    QString title;
    QString about;
    QString kind;
    QString table;
    QString severity;
    QString fix;
    QJsonObject details;
};

struct SavedQuery
{
    QString id;
    QString title;
    QString about;
    QString sql; ///< for the engine at hand, names quoted
    QJsonArray parameters;
};

struct ModelPrice
{
    QString model; ///< with wildcards
    QString from;  ///< ISO date
    double input = 0;
    double output = 0;
};

/// One variant of a profile for one engine, every name that of the database, everything left out
/// that the variant or the database at hand does not have. A value type; safe to hand between threads.
struct ResolvedProfile
{
    QString profileId; ///< "derived" for one made from foreign keys
    QString profileTitle;
    QString variantId;
    QString variantTitle;
    Engine engine = Engine::Sqlite;
    QString schema; ///< empty: wherever the search path finds it

    std::vector<TableProfile> tables;
    std::vector<TreeGroup> trees;
    std::vector<Lens> lenses;
    std::vector<ProfileAction> actions;
    std::vector<ProfileCheck> checks;
    std::vector<SavedQuery> queries;
    std::vector<ModelPrice> prices;
    /// `tracking`, `levels`.
    QJsonObject migrations;
    /// Whether the application itself enforces foreign keys in a SQLite file.
    bool enforcesForeignKeys = true;

    const TableProfile *table(const QString &name) const;
    const TreeGroup *tree(const QString &id) const;
    const ProfileAction *action(const QString &id) const;
    std::vector<const Lens *> lensesFor(const QString &table) const;
};

/// From the resolved form of conditions and orders, as they stand in Lens::parts and `details`.
std::vector<ProfileCondition> conditionsFromJson(const QJsonObject &object);
std::vector<OrderColumn> orderFromJson(const QJsonArray &array);
ColumnLink linkFromJson(const QJsonObject &object);
/// "2 hours", "30 minutes", "1 day" in seconds; nothing if it is none.
std::optional<qint64> secondsFromWords(const QString &words);

} // namespace turnstone
