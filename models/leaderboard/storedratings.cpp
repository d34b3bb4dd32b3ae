// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/leaderboard/storedratings.h"

#include "models/profiles/rowsql.h"

#include <QCoreApplication>

#include <cmath>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

QString translated(const char *text)
{
    return QCoreApplication::translate("StoredRatings", text);
}

std::optional<double> finite(const Value &value)
{
    bool isNumber = value.type() == ValueType::Real || value.type() == ValueType::Integer;
    double number = value.type() == ValueType::Real ? value.real() : static_cast<double>(value.integer());
    if (value.type() == ValueType::Text)
        number = value.bytes().toDouble(&isNumber);
    return isNumber && std::isfinite(number) ? std::optional(number) : std::nullopt;
}

} // namespace

StoredRatings::StoredRatings(const Catalog &catalog, const ResolvedProfile &profile, const LeaderboardLens::Stored &lens)
    : m_catalog(catalog), m_profile(profile), m_lens(lens)
{
}

Result<std::vector<StoredRatings::Row>> StoredRatings::read(Connection &connection) const
{
    const RowSql sql(m_catalog, m_profile);
    const CatalogTable *table = sql.table(m_lens.table);
    if (!table)
        return failure(ErrorCode::NotFound, translated("There is no table \"%1\".").arg(m_lens.table));
    std::vector<Row> rows;
    const QString select = u"SELECT %1, %2, %3 FROM %4"_s.arg(Connection::quoted(m_lens.competitor), Connection::quoted(m_lens.mu),
                                                            Connection::quoted(m_lens.sigma), sql.tableName(*table));
    const Result<> done = connection.forEachRow(select, {}, [&rows](const RowBlock &block, int at) {
        Row row{Value(block.at(at, 0)), Value(block.at(at, 1)), Value(block.at(at, 2)), std::nullopt};
        const std::optional<double> mu = finite(row.mu);
        const std::optional<double> sigma = finite(row.sigma);
        if (mu && sigma && *sigma > 0)
            row.rating = rating::Rating{*mu, *sigma};
        rows.push_back(std::move(row));
        return true;
    });
    if (!done)
        return failure(done);
    return rows;
}

Value StoredRatings::moment(const QDateTime &nowUtc) const
{
    const TableProfile *table = m_profile.table(m_lens.table);
    const ColumnProfile *column = table ? table->column(m_lens.updated) : nullptr;
    const QString meaning = column ? column->meaning : QString();
    if (meaning == u"epoch-s")
        return Value::integer(nowUtc.toSecsSinceEpoch());
    if (meaning == u"epoch-ms")
        return Value::integer(nowUtc.toMSecsSinceEpoch());
    const QString text = nowUtc.toUTC().toString(u"yyyy-MM-dd HH:mm:ss.zzz000"_s);
    return Value::text(meaning == u"zoned-time" ? text + u"+00"_s : text);
}

Result<int> StoredRatings::write(Connection &connection, const std::vector<Row> &before, const std::vector<Change> &changes,
                                 const QDateTime &nowUtc) const
{
    if (const Result<> begun = connection.begin(); !begun)
        return failure(begun);
    Result<int> written = writeInTransaction(connection, before, changes, nowUtc);
    if (!written) {
        connection.rollback();
        return written;
    }
    if (const Result<> done = connection.commit(); !done)
        return failure(done);
    return written;
}

Result<int> StoredRatings::writeInTransaction(Connection &connection, const std::vector<Row> &before, const std::vector<Change> &changes,
                                              const QDateTime &nowUtc) const
{
    const RowSql sql(m_catalog, m_profile);
    const CatalogTable *table = sql.table(m_lens.table);
    if (!table)
        return failure(ErrorCode::NotFound, translated("There is no table \"%1\".").arg(m_lens.table));
    const bool hasTime = !m_lens.updated.isEmpty();
    const bool isPostgres = connection.engine() == Engine::PostgreSql;
    int parameter = 0;
    const auto place = [&] { return (isPostgres ? u"$%1"_s : u"?%1"_s).arg(++parameter); };
    const auto column = [](const QString &name) { return Connection::quoted(name); };
    QStringList sets{column(m_lens.mu) + u" = "_s + place(), column(m_lens.sigma) + u" = "_s + place()};
    if (hasTime)
        sets.append(column(m_lens.updated) + u" = "_s + place());
    const QString isSame = isPostgres ? u" IS NOT DISTINCT FROM "_s : u" IS "_s;
    QStringList conditions{column(m_lens.competitor) + u" = "_s + place()};
    conditions.append(column(m_lens.mu) + isSame + place());
    conditions.append(column(m_lens.sigma) + isSame + place());
    const QString update = u"UPDATE %1 SET %2 WHERE %3"_s.arg(sql.tableName(*table), sets.join(u", "_s), conditions.join(u" AND "_s));
    parameter = 0;
    QStringList names{column(m_lens.competitor), column(m_lens.mu), column(m_lens.sigma)};
    QStringList places{place(), place(), place()};
    if (hasTime) {
        names.append(column(m_lens.updated));
        places.append(place());
    }
    const QString insert = u"INSERT INTO %1 (%2) VALUES (%3)"_s.arg(sql.tableName(*table), names.join(u", "_s), places.join(u", "_s));

    QHash<QString, const Row *> known;
    for (const Row &row : before)
        known.insert(row.competitor.toDisplayText(), &row);
    const Value now = moment(nowUtc);
    auto updating = connection.prepare(update);
    if (!updating)
        return failure(updating);
    auto inserting = connection.prepare(insert);
    if (!inserting)
        return failure(inserting);
    int written = 0;
    for (const Change &change : changes) {
        const Row *row = known.value(change.competitor.toDisplayText());
        // PostgreSQL takes every value as text; 17 digits give a double back exactly.
        const auto number = [isPostgres](double value) {
            return isPostgres ? Value::text(QByteArray::number(value, 'g', 17)) : Value::real(value);
        };
        std::vector<Value> values;
        if (!row)
            values.push_back(change.competitor);
        values.push_back(number(change.rating.mu));
        values.push_back(number(change.rating.sigma));
        if (hasTime)
            values.push_back(now);
        if (row) {
            values.push_back(row->competitor);
            values.push_back(row->mu);
            values.push_back(row->sigma);
        }
        std::vector<ValueRef> refs;
        for (const Value &value : values)
            refs.push_back(value.ref());
        const Result<ExecuteOutcome> done = (row ? *updating : *inserting)->execute(refs.data(), static_cast<int>(refs.size()));
        if (!done)
            return failure(done);
        if (done->rowsAffected != 1) {
            return failure(ErrorCode::Conflict, translated("Somebody else changed the rating of %1 meanwhile; nothing was written.")
                                                    .arg(change.competitor.toDisplayText()));
        }
        ++written;
    }
    return written;
}

} // namespace turnstone
