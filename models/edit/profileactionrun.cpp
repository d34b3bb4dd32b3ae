// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/edit/profileactionrun.h"

#include "models/edit/editstatement.h"
#include "models/edit/profilevalues.h"
#include "models/edit/rowidentity.h"
#include "models/profiles/rowsql.h"
#include "models/sql/sqllexer.h"
#include "models/sql/sqlparameters.h"

#include <QCoreApplication>
#include <QLocale>
#include <QRegularExpression>
#include <QUuid>

#include <algorithm>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

struct ActionText
{
    Q_DECLARE_TR_FUNCTIONS(ProfileActionRun)
};

SqlDialect dialectOf(Engine engine)
{
    return engine == Engine::Sqlite ? SqlDialect::Sqlite : SqlDialect::PostgreSql;
}

/// With the values in the place of their names, for reading.
QString withLiterals(const QString &sql, const std::map<QString, Value> &named, Engine engine)
{
    QString text;
    for (const SqlToken &token : SqlLexer::tokens(sql, dialectOf(engine))) {
        const QStringView piece = QStringView(sql).mid(token.start, token.length);
        const bool isNamed = token.kind == SqlTokenKind::Parameter && piece.startsWith(u':');
        const auto value = isNamed ? named.find(piece.mid(1).toString()) : named.end();
        text += value == named.end() ? piece.toString() : EditStatement::literal(value->second, engine);
    }
    return text.simplified();
}

class Runner
{
public:
    /// `capture`: notes what becomes of the rows; null to do without.
    Runner(Connection &connection, const Catalog &catalog, const ResolvedProfile &profile, const ActionRequest &request, ChangeCapture *capture)
        : m_capture(capture), m_connection(connection), m_catalog(catalog), m_profile(profile), m_request(request), m_action(*request.action), m_sql(catalog, profile), m_table(m_sql.table(request.action->table))
    {
    }

    Result<ActionReport> run()
    {
        if (m_table == nullptr)
            return failure(ErrorCode::NotFound, ActionText::tr("There is no table %1.").arg(m_action.table));
        m_identity = m_sql.identity(*m_table);
        for (const QJsonValue &entry : actionParameters(m_action)) {
            const QJsonObject parameter = entry.toObject();
            const QString name = parameter.value(u"name"_s).toString();
            const auto given = m_request.parameters.find(name);
            if (given != m_request.parameters.end())
                m_parameters[name] = given->second;
            else if (parameter.contains(u"default"_s))
                m_parameters[name] = valueFromJson(parameter.value(u"default"_s));
            else
                return failure(ErrorCode::InvalidInput, ActionText::tr("%1 is missing: %2.").arg(name, parameter.value(u"title"_s).toString()));
        }
        m_parameters[u"now"_s] = momentFor(*m_table, tableProfile(m_profile, *m_table), {}, m_request.nowUtc);
        if (const Result<> done = runRows(); !done)
            return failure(done);
        finishSentence();
        return std::move(m_report);
    }

private:
    using Named = std::map<QString, Value>;

    Result<> runRows()
    {
        if (m_action.rows == u"database")
            return steps({});
        std::vector<RowKey> keys = m_request.keys;
        if (m_action.rows == u"selection") {
            if (keys.empty())
                return failure(ErrorCode::InvalidInput, ActionText::tr("\"%1\" needs rows of %2: choose some.").arg(m_action.title, m_action.table));
        } else {
            const QJsonObject where = m_action.rows == u"where" ? m_action.details.value(u"where"_s).toObject() : QJsonObject();
            Result<std::vector<RowKey>> found = rowsWhere(*m_table, conditionsFromJson(where));
            if (!found)
                return failure(found);
            keys = std::move(*found);
        }
        for (const RowKey &key : keys) {
            const Result<Named> row = readRow(key);
            if (!row)
                return failure(row);
            const Result<> done = m_action.details.contains(u"set"_s) ? update(*m_table, m_identity, key, m_action.details.value(u"set"_s).toObject(), *row) : steps(*row);
            if (!done)
                return done;
            ++m_report.count;
        }
        return {};
    }

    Result<std::vector<RowKey>> rowsWhere(const CatalogTable &table, const std::vector<ProfileCondition> &conditions)
    {
        SqlValues values(m_catalog.engine);
        const QStringList identity = m_sql.identity(table);
        if (identity.isEmpty())
            return failure(ErrorCode::Unsupported, ActionText::tr("Nothing identifies the rows of %1.").arg(table.name));
        QStringList columns;
        for (const QString &column : identity)
            columns.append(RowSql::column(u"t"_s, column));
        const QString where = m_sql.conditions(conditions, table, u"t"_s, values, m_request.nowUtc);
        return keysOf(u"SELECT %1 FROM %2 AS t%3"_s.arg(columns.join(u", "_s), m_sql.tableName(table), where.isEmpty() ? QString() : u" WHERE "_s + where), values.values());
    }

    Result<std::vector<RowKey>> keysOf(const QString &sql, const Parameters &parameters)
    {
        std::vector<RowKey> keys;
        const Result<> read = m_connection.forEachRow(sql, parameters, [&](const RowBlock &block, int row) {
            RowKey &key = keys.emplace_back();
            for (int i = 0; i < block.columnCount(); ++i)
                key.emplace_back(block.at(row, i));
            return true;
        });
        return read ? Result<std::vector<RowKey>>(std::move(keys)) : failure(read);
    }

    QString keyIs(const CatalogTable &table, const QStringList &columns, const RowKey &key, Named &named) const
    {
        QStringList parts;
        for (qsizetype i = 0; i < columns.size(); ++i)
            parts.append(equals(table, columns[i], key[static_cast<std::size_t>(i)], named));
        return parts.join(u" AND "_s);
    }

    QString equals(const CatalogTable &, const QString &column, const Value &value, Named &named) const
    {
        if (value.isNull())
            return Connection::quoted(column) + u" IS NULL"_s;
        return Connection::quoted(column) + u" = "_s + bind(value, named);
    }

    static QString bind(const Value &value, Named &named)
    {
        const QString name = u"turnstone_%1"_s.arg(named.size());
        named[name] = value;
        return u':' + name;
    }

    Result<Named> readRow(const RowKey &key)
    {
        Named row;
        if (m_identity.size() != static_cast<qsizetype>(key.size()))
            return failure(ErrorCode::InvalidInput, ActionText::tr("A key of %1 has %2 parts.").arg(m_table->name).arg(m_identity.size()));
        SqlValues values(m_catalog.engine);
        QStringList where;
        for (qsizetype i = 0; i < m_identity.size(); ++i)
            where.append(m_sql.equalValue(*m_table, u"t"_s, m_identity[i], key[static_cast<std::size_t>(i)], values));
        QStringList columns;
        for (const CatalogColumn &column : m_table->columns) {
            if (!column.hidden)
                columns.append(column.name);
        }
        QStringList quoted;
        for (const QString &column : columns)
            quoted.append(RowSql::column(u"t"_s, column));
        bool isThere = false;
        const Result<> read = m_connection.forEachRow(u"SELECT %1 FROM %2 AS t WHERE %3"_s.arg(quoted.join(u", "_s), m_sql.tableName(*m_table), where.join(u" AND "_s)), values.values(), [&](const RowBlock &block, int at) {
            isThere = true;
            for (qsizetype i = 0; i < columns.size(); ++i)
                row.emplace(columns[i], Value(block.at(at, static_cast<int>(i))));
            return false;
        });
        if (!read)
            return failure(read);
        if (!isThere) {
            QStringList parts;
            for (const Value &part : key)
                parts.append(part.toDisplayText());
            return failure(ErrorCode::NotFound, ActionText::tr("%1 has no row %2.").arg(m_table->name, parts.join(u", "_s)));
        }
        return row;
    }

    Result<> execute(const QString &sql, const Named &named)
    {
        Parameters parameters;
        const Named *const sources[] = {&named, &m_parameters};
        for (const QString &name : namedParameters(sql, dialectOf(m_catalog.engine))) {
            for (const Named *source : sources) {
                if (const auto found = source->find(name); found != source->end() && !parameters.named.contains(name))
                    parameters.named.emplace(name, found->second);
            }
        }
        Result<qint64> rows = 0;
        if (m_capture != nullptr) {
            rows = m_capture->run(sql, parameters);
        } else if (const Result<ExecuteOutcome> done = m_connection.execute(sql, parameters); done) {
            rows = done->rowsAffected;
        } else {
            return failure(done);
        }
        if (!rows)
            return failure(rows);
        note(sql, parameters.named, *rows);
        return {};
    }

    void note(const QString &sql, const Named &named, qint64 rows)
    {
        ++m_report.statementCount;
        if (m_report.statements.size() < ActionReport::mostListed)
            m_report.statements.push_back({withLiterals(sql, named, m_catalog.engine), rows});
        m_lastRows = rows;
    }

    /// The SQL of one value of `set`.
    Result<QString> setValue(const QJsonValue &described, const CatalogTable &table, const QString &column, const Named &row, Named &named)
    {
        if (described.isObject()) {
            const QJsonObject object = described.toObject();
            if (object.contains(u"sql"_s))
                return object.value(u"sql"_s).toString();
            if (object.contains(u"parameter"_s)) {
                const auto found = m_parameters.find(object.value(u"parameter"_s).toString());
                return found == m_parameters.end() ? u"NULL"_s : bind(found->second, named);
            }
        }
        const auto value = profileValue(described, table, tableProfile(m_profile, table), column, row, m_request.nowUtc);
        if (!value)
            return failure(ErrorCode::Internal, ActionText::tr("The action \"%1\" says nothing about %2.").arg(m_action.id, column));
        return bind(*value, named);
    }

    /// What the application sets together with `set`, as it does with an edit. What SQL computes is not known beforehand.
    std::vector<std::pair<QString, Value>> alsoSet(const CatalogTable &table, const QJsonObject &set, const Named &row) const
    {
        const TableProfile *profile = tableProfile(m_profile, table);
        Named after = row;
        QStringList changed;
        for (auto entry = set.begin(); entry != set.end(); ++entry) {
            const QString parameter = entry.value().toObject().value(u"parameter"_s).toString();
            const auto given = m_parameters.find(parameter);
            const std::optional<Value> value = given != m_parameters.end() ? std::optional(given->second) : profileValue(entry.value(), table, profile, entry.key(), row, m_request.nowUtc);
            if (value)
                after[entry.key()] = *value;
            changed.append(entry.key());
        }
        std::vector<std::pair<QString, Value>> together = setTogether(table, profile, after, changed, m_request.nowUtc);
        std::erase_if(together, [&](const auto &each) { return set.contains(each.first); });
        return together;
    }

    Result<> update(const CatalogTable &table, const QStringList &keyColumns, const RowKey &key, const QJsonObject &set, const Named &row)
    {
        Named named = row;
        QStringList assignments;
        for (auto entry = set.begin(); entry != set.end(); ++entry) {
            const Result<QString> value = setValue(entry.value(), table, entry.key(), row, named);
            if (!value)
                return failure(value);
            assignments.append(Connection::quoted(entry.key()) + u" = "_s + *value);
        }
        if (&table == m_table && keyColumns == m_identity) {
            for (const auto &[column, value] : alsoSet(table, set, row))
                assignments.append(Connection::quoted(column) + u" = "_s + bind(value, named));
        }
        return execute(u"UPDATE %1 SET %2 WHERE %3"_s.arg(m_sql.tableName(table), assignments.join(u", "_s), keyIs(table, keyColumns, key, named)), named);
    }

    Result<> steps(const Named &row)
    {
        for (const QJsonValue &entry : m_action.details.value(u"steps"_s).toArray()) {
            const QJsonObject step = entry.toObject();
            const QString what = step.value(u"do"_s).toString();
            const Result<> done = what == u"sql" ? execute(step.value(u"sql"_s).toString(), row) : what == u"select" ? select(step, row) : what == u"copy" ? copy(step, row) : what == u"insert" ? insert(step, row) : change(step, row, what == u"delete");
            if (!done)
                return done;
        }
        return {};
    }

    Result<> select(const QJsonObject &step, const Named &row)
    {
        Parameters parameters;
        const QString sql = step.value(u"sql"_s).toString();
        for (const QString &name : namedParameters(sql, dialectOf(m_catalog.engine))) {
            const auto own = row.find(name);
            if (own != row.end())
                parameters.named.emplace(name, own->second);
            else if (const auto given = m_parameters.find(name); given != m_parameters.end())
                parameters.named.emplace(name, given->second);
        }
        Result<std::vector<RowKey>> keys = keysOf(sql, parameters);
        if (!keys)
            return failure(keys);
        m_report.selected = std::move(*keys);
        note(sql, parameters.named, static_cast<qint64>(m_report.selected.size()));
        return {};
    }

    /// `update` and `delete`: rows of a table that are linked to the row, or that meet conditions.
    Result<> change(const QJsonObject &step, const Named &row, bool isDelete)
    {
        const CatalogTable *table = m_sql.table(step.value(u"table"_s).toString(m_action.table));
        if (table == nullptr)
            return failure(ErrorCode::NotFound, ActionText::tr("There is no table %1.").arg(step.value(u"table"_s).toString()));
        const QJsonObject set = step.value(u"set"_s).toObject();
        if (step.contains(u"where"_s)) {
            const Result<std::vector<RowKey>> keys = rowsWhere(*table, conditionsFromJson(step.value(u"where"_s).toObject()));
            if (!keys)
                return failure(keys);
            for (const RowKey &key : *keys) {
                Named named = row;
                const QStringList identity = m_sql.identity(*table);
                const Result<> done = isDelete ? execute(u"DELETE FROM %1 WHERE %2"_s.arg(m_sql.tableName(*table), keyIs(*table, identity, key, named)), named) : update(*table, identity, key, set, row);
                if (!done)
                    return done;
            }
            m_lastRows = static_cast<qint64>(keys->size());
            return {};
        }
        QStringList columns;
        RowKey values;
        for (const auto &[column, own] : linkFromJson(step.value(u"link"_s).toObject())) {
            const auto found = row.find(own);
            columns.append(column);
            values.push_back(found == row.end() ? Value::null() : found->second);
        }
        if (columns.isEmpty() && table == m_table) {
            columns = m_identity;
            for (const QString &column : m_identity)
                values.push_back(row.contains(column) ? row.at(column) : Value::null());
        }
        if (columns.isEmpty())
            return failure(ErrorCode::Internal, ActionText::tr("The action \"%1\" does not say which rows of %2.").arg(m_action.id, table->name));
        if (!isDelete)
            return update(*table, columns, values, set, row);
        Named named = row;
        return execute(u"DELETE FROM %1 WHERE %2"_s.arg(m_sql.tableName(*table), keyIs(*table, columns, values, named)), named);
    }

    Result<> insert(const QJsonObject &step, const Named &row)
    {
        const CatalogTable *table = m_sql.table(step.value(u"table"_s).toString(m_action.table));
        if (table == nullptr)
            return failure(ErrorCode::NotFound, ActionText::tr("There is no table %1.").arg(step.value(u"table"_s).toString()));
        Named named = row;
        QStringList columns;
        QStringList values;
        const QJsonObject set = step.value(u"set"_s).toObject();
        for (auto entry = set.begin(); entry != set.end(); ++entry) {
            const Result<QString> value = setValue(entry.value(), *table, entry.key(), row, named);
            if (!value)
                return failure(value);
            columns.append(Connection::quoted(entry.key()));
            values.append(*value);
        }
        return execute(u"INSERT INTO %1 (%2) VALUES (%3)"_s.arg(m_sql.tableName(*table), columns.join(u", "_s), values.join(u", "_s)), named);
    }

    /// A copy of a row with some values anew; gives back what its columns have become.
    Result<Named> copyRow(const CatalogTable &table, const Named &row, const QJsonObject &set, const Named &forced)
    {
        if (m_capture != nullptr)
            return failure(ErrorCode::Unsupported, ActionText::tr("\"%1\" makes copies of rows, which cannot be staged. Run it at once instead.").arg(m_action.title));
        Named named;
        QStringList columns;
        QStringList values;
        for (const CatalogColumn &column : table.columns) {
            const bool isGiven = column.generated || column.hidden || column.name == table.rowidAlias() || (column.defaultSql && column.defaultSql->startsWith(u"nextval("_s));
            const auto known = row.find(column.name);
            if (isGiven || known == row.end())
                continue;
            columns.append(Connection::quoted(column.name));
            if (const auto own = forced.find(column.name); own != forced.end()) {
                values.append(bind(own->second, named));
            } else if (set.contains(column.name)) {
                const Result<QString> value = setValue(set.value(column.name), table, column.name, row, named);
                if (!value)
                    return failure(value);
                values.append(*value);
            } else {
                values.append(bind(known->second, named));
            }
        }
        QStringList all;
        QStringList quoted;
        for (const CatalogColumn &column : table.columns) {
            if (column.hidden)
                continue;
            all.append(column.name);
            quoted.append(Connection::quoted(column.name));
        }
        const QString sql = u"INSERT INTO %1 (%2) VALUES (%3)"_s.arg(m_sql.tableName(table), columns.join(u", "_s), values.join(u", "_s));
        Named made;
        Parameters parameters;
        parameters.named = named;
        for (const auto &[name, value] : m_parameters) {
            if (sql.contains(u':' + name))
                parameters.named.emplace(name, value);
        }
        const Result<> done = m_connection.forEachRow(sql + u" RETURNING "_s + quoted.join(u", "_s), parameters, [&](const RowBlock &block, int at) {
            for (qsizetype i = 0; i < all.size(); ++i)
                made.emplace(all[i], Value(block.at(at, static_cast<int>(i))));
            return true;
        });
        if (!done)
            return failure(done);
        note(sql, parameters.named, 1);
        return made;
    }

    Result<> copy(const QJsonObject &step, const Named &row)
    {
        const Result<Named> made = copyRow(*m_table, row, step.value(u"set"_s).toObject(), {});
        if (!made)
            return failure(made);
        for (const QJsonValue &entry : step.value(u"children"_s).toArray()) {
            const QJsonObject child = entry.toObject();
            const CatalogTable *table = m_sql.table(child.value(u"table"_s).toString());
            if (table == nullptr)
                continue;
            Named forced;
            SqlValues values(m_catalog.engine);
            QStringList where;
            for (const auto &[column, own] : linkFromJson(child.value(u"link"_s).toObject())) {
                where.append(m_sql.equalValue(*table, u"t"_s, column, row.at(own), values));
                forced[column] = made->at(own);
            }
            std::vector<Named> rows;
            QStringList columns;
            QStringList quoted;
            for (const CatalogColumn &column : table->columns) {
                columns.append(column.name);
                quoted.append(Connection::quoted(column.name));
            }
            const Result<> read = m_connection.forEachRow(u"SELECT %1 FROM %2 AS t WHERE %3"_s.arg(quoted.join(u", "_s), m_sql.tableName(*table), where.join(u" AND "_s)), values.values(), [&](const RowBlock &block, int at) {
                Named &one = rows.emplace_back();
                for (qsizetype i = 0; i < columns.size(); ++i)
                    one.emplace(columns[i], Value(block.at(at, static_cast<int>(i))));
                return true;
            });
            if (!read)
                return read;
            for (const Named &one : rows) {
                if (const Result<Named> copied = copyRow(*table, one, child.value(u"set"_s).toObject(), forced); !copied)
                    return failure(copied);
            }
        }
        return {};
    }

    void finishSentence()
    {
        if (m_action.rows == u"database")
            m_report.count = m_report.selected.empty() ? m_lastRows : static_cast<qint64>(m_report.selected.size());
        m_report.sentence = countedSentence(m_action.details.value(u"preview"_s).toString(), m_report.count);
    }

    ChangeCapture *m_capture;
    Connection &m_connection;
    const Catalog &m_catalog;
    const ResolvedProfile &m_profile;
    const ActionRequest &m_request;
    const ProfileAction &m_action;
    const RowSql m_sql;
    const CatalogTable *m_table;
    QStringList m_identity;
    Named m_parameters;
    ActionReport m_report;
    qint64 m_lastRows = 0;
};

bool onlySelects(const ProfileAction &action)
{
    const QJsonArray steps = action.details.value(u"steps"_s).toArray();
    return !action.details.contains(u"set"_s) && std::ranges::all_of(steps, [](const QJsonValue &step) { return step.toObject().value(u"do"_s).toString() == u"select"; });
}

} // namespace

QString countedSentence(const QString &pattern, qint64 count)
{
    static const QRegularExpression form(u"\\{count(?::([^{}|]*)\\|([^{}|]*))?\\}"_s);
    QString sentence;
    qsizetype copied = 0;
    QRegularExpressionMatchIterator matches = form.globalMatch(pattern);
    while (matches.hasNext()) {
        const QRegularExpressionMatch match = matches.next();
        sentence += QStringView(pattern).mid(copied, match.capturedStart() - copied);
        sentence += QLocale().toString(count);
        if (match.hasCaptured(1))
            sentence += u' ' + match.captured(count == 1 ? 1 : 2);
        copied = match.capturedEnd();
    }
    sentence += QStringView(pattern).mid(copied);
    return sentence;
}

QJsonArray actionParameters(const ProfileAction &action)
{
    return action.details.value(u"parameters"_s).toArray();
}

Result<Value> actionParameter(const QJsonObject &parameter, const QString &text, Engine engine)
{
    const QString type = parameter.value(u"type"_s).toString(u"text"_s);
    const QString title = parameter.value(u"title"_s).toString();
    const auto inRange = [&](double number) -> Result<> {
        if ((parameter.contains(u"min"_s) && number < parameter.value(u"min"_s).toDouble()) || (parameter.contains(u"max"_s) && number > parameter.value(u"max"_s).toDouble())) {
            return failure(ErrorCode::InvalidInput, ActionText::tr("%1 is out of range: %2.").arg(title, text));
        }
        return {};
    };
    bool ok = true;
    if (type == u"integer") {
        const qint64 number = text.toLongLong(&ok);
        if (!ok)
            return failure(ErrorCode::InvalidInput, ActionText::tr("%1 is a whole number, not \"%2\".").arg(title, text));
        const Result<> checked = inRange(static_cast<double>(number));
        return checked ? Result<Value>(Value::integer(number)) : failure(checked);
    }
    if (type == u"number") {
        const double number = text.toDouble(&ok);
        if (!ok)
            return failure(ErrorCode::InvalidInput, ActionText::tr("%1 is a number, not \"%2\".").arg(title, text));
        const Result<> checked = inRange(number);
        return checked ? Result<Value>(Value::real(number)) : failure(checked);
    }
    if (type == u"boolean")
        return Value::integer(text == u"true" || text == u"1" || text == u"yes" ? 1 : 0);
    if (type == u"choice") {
        const QJsonArray values = parameter.value(u"values"_s).toArray();
        if (std::ranges::none_of(values, [&](const QJsonValue &value) { return value.toVariant().toString() == text; })) {
            QStringList known;
            for (const QJsonValue &value : values)
                known.append(value.toVariant().toString());
            return failure(ErrorCode::InvalidInput, ActionText::tr("%1 is one of: %2.").arg(title, known.join(u", "_s)));
        }
    }
    const qint64 integer = text.toLongLong(&ok);
    if (type == u"key" && engine == Engine::Sqlite && ok && QString::number(integer) == text)
        return Value::integer(integer);
    return Value::text(text);
}

Result<ActionReport> runAction(Connection &connection, const Catalog &catalog, const ResolvedProfile &profile, const ActionRequest &request, bool isRehearsal)
{
    Runner runner(connection, catalog, profile, request, nullptr);
    if (onlySelects(*request.action)) {
        Result<ActionReport> report = runner.run();
        if (report)
            report->isDone = !isRehearsal;
        return report;
    }
    if (const Result<> begun = connection.begin(); !begun)
        return failure(begun);
    Result<ActionReport> report = runner.run();
    if (!report || isRehearsal) {
        connection.rollback();
        return report;
    }
    if (const Result<> committed = connection.commit(); !committed) {
        if (committed.error().code != ErrorCode::OutcomeUnknown)
            connection.rollback();
        return failure(committed);
    }
    report->isDone = true;
    return report;
}

Result<CapturedAction> captureAction(Connection &connection, const Catalog &catalog, const ResolvedProfile &profile, const ActionRequest &request)
{
    if (onlySelects(*request.action))
        return failure(ErrorCode::Unsupported, ActionText::tr("\"%1\" changes nothing.").arg(request.action->title));
    if (const Result<> begun = connection.begin(); !begun)
        return failure(begun);
    ChangeCapture capture(connection, catalog, profile);
    Result<ActionReport> report = Runner(connection, catalog, profile, request, &capture).run();
    connection.rollback();
    if (!report)
        return failure(report);
    return CapturedAction{std::move(*report), capture.rows()};
}

} // namespace turnstone
