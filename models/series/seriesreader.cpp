// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/series/seriesreader.h"

#include "models/core/timestamp.h"
#include "models/profiles/rowsql.h"

#include <QCoreApplication>
#include <QHash>

#include <charconv>
#include <cmath>
#include <limits>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

constexpr double missing = std::numeric_limits<double>::quiet_NaN();
/// More are told together.
constexpr qsizetype mostNames = 1000;

QString translatedText(const char *text)
{
    return QCoreApplication::translate("SeriesReader", text);
}

double numberOf(const ValueRef &value)
{
    if (value.type() == ValueType::Integer)
        return static_cast<double>(value.integer());
    if (value.type() == ValueType::Real)
        return value.real();
    double number = 0;
    const QByteArrayView text = textOf(value);
    const auto [end, error] = std::from_chars(text.begin(), text.end(), number);
    return error == std::errc() && end == text.end() && std::isfinite(number) ? number : missing;
}

class Reader
{
public:
    Reader(Connection &connection, const Catalog &catalog, const ResolvedProfile &profile, const SeriesLens &lens, const PriceList &prices)
        : m_connection(connection), m_profile(profile), m_lens(lens), m_priceList(prices), m_sql(catalog, profile), m_values(connection.engine())
    {
        m_data.figures.resize(lens.figures.size());
    }

    Result<SeriesData> read(const RowKey &record, const SeriesProgress &progress)
    {
        const Result<QString> sql = select(record);
        if (!sql)
            return failure(sql);
        auto reader = m_connection.query(*sql, Parameters(m_values.values()));
        if (!reader)
            return failure(reader);
        RowBlock block;
        bool hasMore = true;
        while (hasMore) {
            const Result<bool> more = (*reader)->read(block);
            if (!more)
                return failure(more);
            hasMore = *more;
            for (int row = 0; row < block.rowCount(); ++row)
                take(block, row);
            if (progress)
                progress(m_data.rows);
        }
        if (m_data.names.isEmpty())
            m_data.names.append(QString());
        return std::move(m_data);
    }

private:
    Result<QString> select(const RowKey &record)
    {
        const CatalogTable *table = m_sql.table(m_lens.table);
        if (!table)
            return failure(ErrorCode::NotFound, translatedText("There is no table \"%1\".").arg(m_lens.table));
        const auto field = [&](const std::optional<FieldRef> &of) { return of ? m_sql.field(*of, *table, u"p"_s) : u"NULL"_s; };
        QStringList columns{field(m_lens.time), field(m_lens.ordinal), m_lens.by ? m_sql.text(field(m_lens.by), 200) : u"NULL"_s, field(m_lens.key)};
        m_firstFigure = static_cast<int>(columns.size());
        for (const SeriesLens::Figure &figure : m_lens.figures) {
            columns.append(figure.kind == SeriesLens::Kind::Cost ? field(m_lens.tokensIn) : m_sql.field(figure.field, *table, u"p"_s));
            columns.append(figure.kind == SeriesLens::Kind::Cost ? field(m_lens.tokensOut) : field(figure.until));
        }
        m_tokensColumn = static_cast<int>(columns.size());
        columns.append(field(m_lens.tokens));
        QStringList conditions;
        if (const QString where = m_sql.conditions(m_lens.where, *table, u"p"_s, m_values, QDateTime::currentDateTimeUtc()); !where.isEmpty())
            conditions.append(where);
        if (!record.empty()) {
            const Result<QString> belongs = belonging(*table, record);
            if (!belongs)
                return failure(belongs);
            conditions.append(*belongs);
        }
        QString sql = u"SELECT %1 FROM %2 AS p"_s.arg(columns.join(u", "_s), m_sql.tableName(*table));
        if (!conditions.isEmpty())
            sql += u" WHERE "_s + conditions.join(u" AND "_s);
        m_timeMeaning = meaningOf(m_lens.time);
        return sql;
    }

    /// That the point belongs to the record.
    Result<QString> belonging(const CatalogTable &table, const RowKey &record)
    {
        const CatalogTable *of = m_sql.table(m_lens.recordTable);
        const QStringList identity = of ? m_sql.identity(*of) : QStringList();
        if (!of || identity.size() != static_cast<qsizetype>(record.size()) || m_lens.link.empty())
            return failure(ErrorCode::NotFound, translatedText("\"%1\" is not about single records.").arg(m_lens.title));
        QStringList conditions;
        if (m_lens.link.size() == 1 && identity.size() == 1 && m_lens.link.front().second == identity.front())
            return m_sql.equalValue(table, u"p"_s, m_lens.link.front().first, record.front(), m_values);
        for (const auto &[own, parent] : m_lens.link)
            conditions.append(m_sql.equal(table, u"p"_s, own, *of, u"r"_s, parent));
        for (qsizetype i = 0; i < identity.size(); ++i)
            conditions.append(m_sql.equalValue(*of, u"r"_s, identity[i], record[static_cast<std::size_t>(i)], m_values));
        return u"EXISTS (SELECT 1 FROM %1 AS r WHERE %2)"_s.arg(m_sql.tableName(*of), conditions.join(u" AND "_s));
    }

    QString meaningOf(const std::optional<FieldRef> &field) const
    {
        const TableProfile *table = field && field->hops.empty() ? m_profile.table(m_lens.table) : nullptr;
        const ColumnProfile *column = table ? table->column(field->column) : nullptr;
        return column ? column->meaning : QString();
    }

    static double timeOf(const ValueRef &value, const QString &meaning)
    {
        if (value.isNull())
            return missing;
        if (meaning == u"epoch-s" || meaning == u"epoch-ms")
            return numberOf(value) * (meaning == u"epoch-s" ? 1e6 : 1e3);
        if (value.type() == ValueType::Integer)
            return static_cast<double>(value.integer());
        const auto microseconds = microsecondsUtc(textOf(value));
        return microseconds ? static_cast<double>(*microseconds) : missing;
    }

    std::uint32_t nameOf(const ValueRef &value)
    {
        const QByteArray text = value.isNull() ? QByteArray() : Value(value).toDisplayText().toUtf8();
        const auto it = m_numbers.constFind(text);
        if (it != m_numbers.cend())
            return *it;
        if (m_data.names.size() == mostNames) {
            m_numbers.insert(text, static_cast<std::uint32_t>(mostNames));
            m_data.names.append(translatedText("(others)"));
        }
        const auto next = static_cast<std::uint32_t>(std::min(m_data.names.size(), mostNames));
        if (next < mostNames)
            m_data.names.append(QString::fromUtf8(text));
        m_numbers.insert(text, next);
        return next;
    }

    double figureAt(const RowBlock &block, int row, std::size_t index, double time)
    {
        const SeriesLens::Figure &figure = m_lens.figures[index];
        const int column = m_firstFigure + 2 * static_cast<int>(index);
        switch (figure.kind) {
        case SeriesLens::Kind::Field: return numberOf(block.at(row, column));
        case SeriesLens::Kind::Duration: {
            const QString meaning = meaningOf(figure.field);
            return (timeOf(block.at(row, column + 1), meaning) - timeOf(block.at(row, column), meaning)) / 1000;
        }
        case SeriesLens::Kind::Cost: break;
        }
        const double whole = numberOf(block.at(row, m_tokensColumn));
        double in = numberOf(block.at(row, column));
        double out = numberOf(block.at(row, column + 1));
        in = std::isnan(in) ? whole - out : in;
        out = std::isnan(out) ? whole - in : out;
        const ModelPrice *price = priceAt(block.at(row, 2), time);
        if (price == nullptr)
            return missing;
        // Only the sum is known: enough where both cost the same.
        if (std::isnan(in) || std::isnan(out))
            return price->input == price->output ? costOf(*price, whole, 0) : missing;
        return costOf(*price, in, out);
    }

    const ModelPrice *priceAt(const ValueRef &model, double time)
    {
        const QString name = QString::fromUtf8(textOf(model));
        const QString day = std::isnan(time) ? QString() : QDateTime::fromMSecsSinceEpoch(static_cast<qint64>(time / 1000), Qt::UTC).date().toString(Qt::ISODate);
        const auto key = std::pair(name, day);
        if (const auto it = m_prices.constFind(key); it != m_prices.cend())
            return *it;
        const ModelPrice *best = m_priceList.priceOf(name, day);
        m_prices.insert(key, best);
        return best;
    }

    void take(const RowBlock &block, int row)
    {
        if (m_data.rows++ % m_data.stride != 0)
            return;
        const double time = timeOf(block.at(row, 0), m_timeMeaning);
        bool hasAny = false;
        m_row.clear();
        for (std::size_t i = 0; i < m_lens.figures.size(); ++i) {
            m_row.push_back(figureAt(block, row, i, time));
            hasAny |= std::isfinite(m_row.back());
        }
        if (!hasAny)
            return;
        m_data.times.push_back(time);
        m_data.ordinals.push_back(numberOf(block.at(row, 1)));
        m_data.by.push_back(nameOf(block.at(row, 2)));
        if (m_lens.key)
            m_data.keys.emplace_back(block.at(row, 3));
        for (std::size_t i = 0; i < m_row.size(); ++i)
            m_data.figures[i].push_back(m_row[i]);
        if (m_data.size() >= SeriesData::mostPoints)
            halve();
    }

    template<typename T>
    static void halve(std::vector<T> &list)
    {
        for (std::size_t i = 0; 2 * i < list.size(); ++i)
            list[i] = std::move(list[2 * i]);
        list.resize((list.size() + 1) / 2);
    }
    void halve()
    {
        halve(m_data.times);
        halve(m_data.ordinals);
        halve(m_data.by);
        halve(m_data.keys);
        for (std::vector<double> &figure : m_data.figures)
            halve(figure);
        m_data.stride *= 2;
    }

    Connection &m_connection;
    const ResolvedProfile &m_profile;
    const SeriesLens &m_lens;
    const PriceList &m_priceList;
    const RowSql m_sql;
    SqlValues m_values;
    SeriesData m_data;
    QHash<QByteArray, std::uint32_t> m_numbers;
    QHash<std::pair<QString, QString>, const ModelPrice *> m_prices;
    std::vector<double> m_row;
    QString m_timeMeaning;
    int m_firstFigure = 0;
    int m_tokensColumn = 0;
};

} // namespace

Result<SeriesData> readSeries(Connection &connection, const Catalog &catalog, const ResolvedProfile &profile, const SeriesLens &lens, const RowKey &record,
                              const PriceList &prices, const SeriesProgress &progress)
{
    return Reader(connection, catalog, profile, lens, prices).read(record, progress);
}

} // namespace turnstone
