// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/catalog/catalog.h"
#include "models/profiles/positionedjson.h"
#include "models/profiles/profilegrammar.h"
#include "models/profiles/resolvedprofile.h"

#include <QJsonObject>

#include <map>
#include <optional>
#include <set>
#include <vector>

namespace turnstone {

/// A mistake found while walking, by offset into the file.
struct WalkProblem
{
    int offset = 0;
    QString path;
    QString reason;
};

/// The names of one variant: what the body calls things, what the database calls them, what is there.
struct VariantNames
{
    struct Table
    {
        QString name; ///< the database's
        bool present = true;
        std::map<QString, QString> meanings;
        std::map<QString, QString> references; ///< column → body's "table.column"
        std::map<QString, QString> columns;    ///< body's → the database's, if it is there
        QStringList order;                     ///< body's names in the order of the DDL
    };
    std::map<QString, Table> tables;

    QStringList tableNames() const;
};

/// Turns the merged body of one variant into a ResolvedProfile. Whatever names something unknown is
/// a problem; whatever names something that the variant or the catalog lacks is left out.
class ProfileWalker
{
public:
    ProfileWalker(VariantNames names, Engine engine, QString schema) : m_names(std::move(names)), m_engine(engine), m_schema(std::move(schema)) {}

    void walk(const JsonNode &body, ResolvedProfile &profile);
    const std::vector<WalkProblem> &problems() const { return m_problems; }

private:
    /// Names in the body's words.
    struct Scope
    {
        QString table;
        QString record;
        QString owner;
    };
    struct Context
    {
        const Grammar &grammar;
        Scope scope;
        QString path;
    };

    std::optional<QJsonObject> object(const JsonNode &node, const Grammar &grammar, Scope scope, const QString &path, const JsonNode *siblings = nullptr, const char *recordFrom = nullptr);
    std::optional<QJsonValue> value(const JsonNode &node, const GrammarKey &key, const Scope &scope, const QString &path, const JsonNode &owner);
    std::optional<QJsonValue> list(const JsonNode &node, const GrammarKey &key, const Scope &scope, const QString &path);
    std::optional<QJsonValue> columns(const JsonNode &node, const Scope &scope, const QString &path, bool signedNames);
    std::optional<QJsonValue> fields(const JsonNode &node, const Scope &scope, const QString &path);
    std::optional<QJsonValue> labelTemplate(const JsonNode &node, const Scope &scope, const QString &path);
    std::optional<QJsonValue> link(const JsonNode &node, const QString &from, const QString &to, const QString &path);
    std::optional<QJsonValue> conditions(const JsonNode &node, const Scope &scope, const QString &path);
    std::optional<QJsonValue> set(const JsonNode &node, const Scope &scope, const QString &path);
    std::optional<QJsonValue> sql(const JsonNode &node, const QString &path);
    std::optional<QJsonValue> reference(const JsonNode &node, const QString &path);

    /// The database's name; nothing if it is not there (or unknown, which is a problem).
    std::optional<QString> tableName(const QString &name, const JsonNode &node, const QString &path);
    std::optional<QString> columnName(const QString &table, const QString &column, const JsonNode &node, const QString &path);
    std::optional<FieldRef> field(FieldRef ref, const Scope &scope, const JsonNode &node, const QString &path);
    bool expect(const JsonNode &node, JsonNode::Kind kind, const QString &path);
    void problem(int offset, const QString &path, const QString &reason);

    void walkTables(const JsonNode &tables, ResolvedProfile &profile);
    void walkColumn(const QString &table, const JsonMember &member, TableProfile &out, const QString &path);
    void columnDetails(const QString &table, const JsonNode &node, ColumnProfile &column, const QString &path);
    void walkTrees(const JsonNode &trees, ResolvedProfile &profile);
    void checkGroup(const JsonNode &node, bool root, const QString &path);
    TreeGroup treeGroup(const QJsonObject &object, const ResolvedProfile &profile) const;
    void walkEntries(const JsonNode &body, ResolvedProfile &profile);
    template<typename Handler>
    void forEachEntry(const JsonNode &body, const QString &name, Handler &&handler);
    QString quotedTable(const QString &name) const;

    VariantNames m_names;
    Engine m_engine;
    QString m_schema;
    std::vector<WalkProblem> m_problems;
};

} // namespace turnstone
