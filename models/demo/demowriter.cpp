// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/demo/demowriter.h"

#include "models/demo/demomapping.h"
#include "models/demo/demosimulator.h"

#include <QCoreApplication>
#include <QCryptographicHash>

#include <array>
#include <map>
#include <memory>

using namespace Qt::StringLiterals;

namespace turnstone {

namespace {

constexpr std::int64_t rowsPerTransaction = 50'000;
constexpr std::int64_t rowsPerProgress = 2'000;
constexpr int maximumScale = 100'000;
/// Rows of one INSERT. A server gets many at once, since each statement is a journey there and
/// back; SQLite gains nothing from it.
constexpr std::array<int, 3> statementRows{64, 8, 1};
constexpr int waitingRows = 256;
constexpr qsizetype waitingBytes = 1'000'000;

QString engineName(Engine engine)
{
    return engine == Engine::Sqlite ? u"sqlite"_s : u"postgresql"_s;
}

bool isSet(const DemoCell &cell)
{
    return !cell.isNull() && !(cell.kind() == DemoCell::Kind::Flag && cell.integer() == 0);
}

/// Spells the records and inserts them, each stream into its tables.
class DemoTableSink final : public DemoSink
{
public:
    DemoTableSink(Connection &connection, std::vector<DemoTarget> targets, std::int64_t expected, std::stop_token stop,
                  const DemoProgress &progress)
        : m_connection(connection), m_stop(std::move(stop)), m_progress(progress), m_expected(expected)
    {
        for (DemoTarget &target : targets)
            m_writers.push_back({std::move(target), {}, {}, 0});
    }

    Result<> prepare()
    {
        // A mistake in the mapping or another schema shows before the first row.
        for (Writer &writer : m_writers) {
            writer.waiting.clear(static_cast<int>(writer.target.columns.size()));
            if (Result<> prepared = prepare(writer, statementRows.size() - 1); !prepared)
                return prepared;
        }
        return m_connection.begin();
    }

    bool take(int stream, const DemoCell *cells) override
    {
        for (Writer &writer : m_writers) {
            if (writer.target.stream != stream)
                continue;
            if (writer.target.onlyIf >= 0 && !isSet(cells[writer.target.onlyIf]))
                continue;
            m_outcome = insert(writer, cells);
            if (!m_outcome)
                return false;
        }
        return true;
    }

    using DemoSink::take;

    /// Commits, or rolls back what is left after a failure.
    Result<> finish()
    {
        if (m_outcome)
            m_outcome = flush();
        if (m_outcome)
            m_outcome = setSequences();
        if (m_outcome)
            m_outcome = m_connection.commit();
        else
            m_connection.rollback();
        if (m_outcome && m_progress)
            m_progress(m_rows, m_rows);
        return m_outcome;
    }

    DemoReport report() const
    {
        DemoReport report;
        std::map<QString, std::size_t> places;
        for (const Writer &writer : m_writers) {
            const auto [place, isNew] = places.try_emplace(writer.target.table, report.tables.size());
            if (isNew)
                report.tables.push_back({writer.target.table, 0});
            report.tables[place->second].rows += writer.rows;
        }
        report.rows = m_rows;
        return report;
    }

private:
    struct Writer
    {
        DemoTarget target;
        std::array<std::unique_ptr<PreparedStatement>, statementRows.size()> statements;
        RowBlock waiting;
        std::int64_t rows = 0;
    };

    Result<> prepare(Writer &writer, std::size_t size)
    {
        if (writer.statements[size])
            return {};
        QString columns;
        QString rows;
        for (const DemoTarget::Column &column : writer.target.columns)
            columns += (columns.isEmpty() ? QString() : u", "_s) + Connection::quoted(column.name);
        int place = 0;
        for (int row = 0; row < statementRows[size]; ++row) {
            QString places;
            for (std::size_t i = 0; i < writer.target.columns.size(); ++i) {
                ++place;
                places += (i == 0 ? QString() : u", "_s) + (m_connection.engine() == Engine::Sqlite ? u"?"_s : u"$%1"_s.arg(place));
            }
            rows += (row == 0 ? u"("_s : u", ("_s) + places + u')';
        }
        Result<std::unique_ptr<PreparedStatement>> statement =
            m_connection.prepare(u"INSERT INTO %1 (%2) VALUES %3"_s.arg(Connection::quoted(writer.target.table), columns, rows));
        if (!statement)
            return failure(statement);
        writer.statements[size] = std::move(*statement);
        return {};
    }

    Result<> execute(Writer &writer, std::size_t size, const std::vector<ValueRef> &values)
    {
        const Result<ExecuteOutcome> inserted = writer.statements[size]->execute(values.data(), static_cast<int>(values.size()));
        if (!inserted)
            return tl::unexpected(Error{inserted.error().code,
                                        QCoreApplication::translate("DemoWriter", "A row of the demo does not fit into the table \"%1\": %2")
                                            .arg(writer.target.table, inserted.error().message),
                                        inserted.error().detail, -1});
        return {};
    }

    /// Sends the waiting rows of all tables, in the order of the tables, so that no row refers to one that is still waiting.
    Result<> flush()
    {
        std::vector<ValueRef> values;
        for (Writer &writer : m_writers) {
            const int columns = static_cast<int>(writer.target.columns.size());
            int row = 0;
            for (std::size_t size = 0; size < statementRows.size(); ++size) {
                while (writer.waiting.rowCount() - row >= statementRows[size]) {
                    if (Result<> prepared = prepare(writer, size); !prepared)
                        return prepared;
                    values.clear();
                    for (const int end = row + statementRows[size]; row < end; ++row) {
                        for (int column = 0; column < columns; ++column)
                            values.push_back(writer.waiting.at(row, column));
                    }
                    if (Result<> executed = execute(writer, size, values); !executed)
                        return executed;
                }
            }
            writer.waiting.clear(columns);
        }
        return {};
    }

    /// A column whose value is a part of m_text.
    struct Piece
    {
        std::size_t column;
        qsizetype offset;
        qsizetype size;
    };

    Result<> insert(Writer &writer, const DemoCell *cells)
    {
        spell(writer.target, cells);
        if (m_connection.engine() == Engine::Sqlite) {
            if (Result<> executed = execute(writer, statementRows.size() - 1, m_values); !executed)
                return executed;
        } else {
            for (const ValueRef &value : m_values)
                writer.waiting.add(value);
            writer.waiting.endRow();
            if (writer.waiting.rowCount() >= waitingRows || writer.waiting.payloadBytes() >= waitingBytes) {
                if (Result<> flushed = flush(); !flushed)
                    return flushed;
            }
        }
        ++writer.rows;
        ++m_rows;
        if (m_rows % rowsPerProgress == 0) {
            if (m_stop.stop_requested())
                return failure(ErrorCode::Cancelled, QCoreApplication::translate("DemoWriter", "Stopped."));
            if (m_progress)
                m_progress(m_rows, std::max(m_rows, m_expected));
        }
        if (m_rows % rowsPerTransaction == 0) {
            if (Result<> flushed = flush(); !flushed)
                return flushed;
            if (Result<> committed = m_connection.commit(); !committed)
                return committed;
            return m_connection.begin();
        }
        return {};
    }

    /// Fills m_values. Made-up text goes to m_text, which must not move any more when it is referred to.
    void spell(const DemoTarget &target, const DemoCell *cells)
    {
        m_pieces.clear();
        m_text.resize(0);
        m_values.assign(target.columns.size(), ValueRef());
        for (std::size_t i = 0; i < target.columns.size(); ++i) {
            const DemoTarget::Column &column = target.columns[i];
            if (column.onlyIf >= 0 && !isSet(cells[column.onlyIf]))
                continue;
            const qsizetype offset = m_text.size();
            if (column.pattern) {
                column.pattern->append(m_text, cells);
            } else if (column.field < 0) {
                m_values[i] = column.constantText.isNull() ? kept(column.constant) : textRef(column.constantText);
                continue;
            } else {
                const DemoCell &cell = cells[column.field];
                if (cell.kind() == DemoCell::Kind::Text && !column.words.isEmpty()) {
                    const auto word = column.words.constFind(QByteArray::fromRawData(cell.text().data(), cell.text().size()));
                    m_values[i] = textRef(word == column.words.constEnd() ? cell.text() : QByteArrayView(*word));
                    continue;
                }
                if (cell.isNull() || column.format.keeps(cell)) {
                    m_values[i] = kept(cell);
                    continue;
                }
                column.format.append(m_text, cell);
            }
            if (column.hashed) {
                const QByteArray digest = QCryptographicHash::hash(m_text.mid(offset), QCryptographicHash::Sha256).toHex();
                m_text.resize(offset);
                m_text.append(digest);
            }
            m_pieces.push_back({i, offset, m_text.size() - offset});
        }
        for (const Piece &piece : m_pieces)
            m_values[piece.column] = textRef(QByteArrayView(m_text.constData() + piece.offset, piece.size));
    }

    static ValueRef textRef(QByteArrayView text) { return ValueRef::bytes(ValueType::Text, text.data(), text.size()); }

    static ValueRef kept(const DemoCell &cell)
    {
        switch (cell.kind()) {
        case DemoCell::Kind::Integer:
        case DemoCell::Kind::Flag: return ValueRef::integer(cell.integer());
        case DemoCell::Kind::Real: return ValueRef::real(cell.real());
        case DemoCell::Kind::Text: return textRef(cell.text());
        case DemoCell::Kind::Null:
        case DemoCell::Kind::Time:
        case DemoCell::Kind::Vector:
        case DemoCell::Kind::List: break;
        }
        return {};
    }

    /// Rows with given keys leave a sequence behind; the application's next insert would fail.
    Result<> setSequences()
    {
        if (m_connection.engine() != Engine::PostgreSql)
            return {};
        for (const Writer &writer : m_writers) {
            if (writer.target.serialColumn.isEmpty() || writer.rows == 0)
                continue;
            const QString table = Connection::quoted(writer.target.table);
            const QString column = Connection::quoted(writer.target.serialColumn);
            const Result<Value> set = m_connection.queryValue(
                u"SELECT setval(pg_get_serial_sequence($1, $2), (SELECT max(%1) FROM %2))"_s.arg(column, table),
                {Value::text(QStringView(table)), Value::text(QStringView(writer.target.serialColumn))});
            if (!set)
                return failure(set);
        }
        return {};
    }

    Connection &m_connection;
    std::stop_token m_stop;
    const DemoProgress &m_progress;
    std::int64_t m_expected;
    std::vector<Writer> m_writers;
    std::int64_t m_rows = 0;
    QByteArray m_text;
    std::vector<Piece> m_pieces;
    std::vector<ValueRef> m_values;
    Result<> m_outcome;
};

} // namespace

Result<QString> usualDemoVariant(const QString &system, Engine engine)
{
    const Result<DemoMapping> mapping = DemoMapping::load(system);
    if (!mapping)
        return failure(mapping);
    return mapping->defaultVariant(engineName(engine));
}

Result<DemoReport> writeDemo(Connection &connection, const DemoOptions &options, std::stop_token stop, const DemoProgress &progress)
{
    if (options.scale < 1 || options.scale > maximumScale)
        return failure(ErrorCode::InvalidInput,
                       QCoreApplication::translate("DemoWriter", "The scale must be between 1 and %1.").arg(maximumScale));
    const Result<DemoMapping> mapping = DemoMapping::load(options.system);
    if (!mapping)
        return failure(mapping);
    const Result<DemoTexts> texts = DemoTexts::load(mapping->texts());
    if (!texts)
        return failure(texts);
    const Result<std::unique_ptr<DemoSimulator>> simulator =
        DemoSimulator::create(mapping->simulator(), *texts, {options.seed, options.scale});
    if (!simulator)
        return failure(simulator);
    const QString engine = engineName(connection.engine());
    const QString variant = options.variant.isEmpty() ? mapping->defaultVariant(engine) : options.variant;
    Result<std::vector<DemoTarget>> targets = mapping->targets(variant, engine, (*simulator)->streams(), options.seed);
    if (!targets)
        return failure(targets);

    DemoTableSink sink(connection, std::move(*targets), (*simulator)->expectedRecords(), std::move(stop), progress);
    if (Result<> prepared = sink.prepare(); !prepared)
        return failure(prepared);
    (*simulator)->run(sink);
    if (Result<> finished = sink.finish(); !finished)
        return failure(finished);
    DemoReport report = sink.report();
    report.variant = variant;
    return report;
}

} // namespace turnstone
