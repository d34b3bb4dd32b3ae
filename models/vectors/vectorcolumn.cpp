// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/vectors/vectorcolumn.h"

#include "models/profiles/rowsql.h"

#include <QRegularExpression>

#include <algorithm>

namespace turnstone {

namespace {

using namespace Qt::StringLiterals;
using similarity::Metric;
using similarity::VectorForm;
using Storage = VectorColumn::Storage;

/// Of each column that could hold vectors so many rows are looked at.
constexpr int sampledRows = 200;

std::optional<FieldRef> fieldOf(const QJsonObject &parts, const QString &name)
{
    if (!parts.contains(name))
        return std::nullopt;
    Result<FieldRef> field = FieldRef::parse(parts.value(name).toString());
    return field ? std::optional(std::move(*field)) : std::nullopt;
}

Metric metricOf(const QString &word)
{
    if (word == u"l2")
        return Metric::L2;
    if (word == u"inner-product")
        return Metric::InnerProduct;
    return word == u"l1" ? Metric::L1 : Metric::Cosine;
}

/// The number in brackets of "vector(1536)" or "float[384]"; 0 without.
std::size_t numberIn(const QString &type)
{
    static const QRegularExpression number(u"[(\\[]\\s*(\\d{1,6})\\s*[)\\]]"_s);
    const QRegularExpressionMatch match = number.match(type);
    return match.hasMatch() ? match.captured(1).toULongLong() : 0;
}

/// What the type says; false if it is none of vectors.
bool readType(const QString &type, Engine engine, VectorColumn &column)
{
    if (engine == Engine::Sqlite) {
        column.storage = Storage::Values;
        const QString upper = type.toUpper();
        if (upper.startsWith(u"F16_BLOB"_s))
            column.form = VectorForm::Float16Blob;
        else if (upper.startsWith(u"F64_BLOB"_s))
            column.form = VectorForm::Float64Blob;
        else if (!upper.startsWith(u"VECTOR"_s) && !upper.startsWith(u"F32_BLOB"_s) && !upper.startsWith(u"FLOAT32"_s))
            return false;
        column.dimension = numberIn(type);
        return true;
    }
    static const std::vector<std::tuple<QString, Storage, VectorForm>> types{
        {u"vector"_s, Storage::PgVector, VectorForm::PgVector},
        {u"halfvec"_s, Storage::PgHalfVector, VectorForm::PgHalfVector},
        {u"sparsevec"_s, Storage::PgSparseVector, VectorForm::PgSparseVector},
        {u"real[]"_s, Storage::PgFloat4Array, VectorForm::PgFloat4Array},
        {u"double precision[]"_s, Storage::PgFloat8Array, VectorForm::PgFloat8Array}};
    const QString bare = type.section(u'.', -1); // vector may stand in any schema
    for (const auto &[name, storage, form] : types) {
        if (bare != name && !bare.startsWith(name + u'('))
            continue;
        column.storage = storage;
        column.form = form;
        column.dimension = numberIn(bare);
        return true;
    }
    return false;
}

bool isArray(Storage storage)
{
    return storage == Storage::PgFloat4Array || storage == Storage::PgFloat8Array;
}

/// Where the rows stand and how they are told apart; false if they cannot be.
bool place(const CatalogTable &table, const RowSql &sql, VectorColumn &column)
{
    column.schema = table.engine == Engine::PostgreSql ? table.schema : QString();
    column.table = table.name;
    const QString rowid = table.rowidName();
    column.isKeyRowid = table.hasRowid();
    column.key = column.isKeyRowid ? QStringList{rowid} : sql.identity(table);
    return !column.key.isEmpty();
}

/// A text to show where no lens names one: the longest-looking column that is no key.
std::optional<FieldRef> likelyText(const CatalogTable &table)
{
    static const QStringList preferred{u"content"_s, u"text"_s, u"body"_s, u"message"_s, u"document"_s, u"chunk"_s, u"title"_s, u"name"_s};
    FieldRef field;
    for (const QString &name : preferred) {
        if (const CatalogColumn *found = table.column(name)) {
            field.column = found->name;
            return field;
        }
    }
    for (const CatalogColumn &column : table.columns) {
        const QString type = column.type.toUpper();
        if (column.primaryKeyPosition == 0 && !column.hidden && (type.startsWith(u"TEXT"_s) || type.startsWith(u"VARCHAR"_s) || type.startsWith(u"CHARACTER"_s))) {
            field.column = column.name;
            return field;
        }
    }
    return std::nullopt;
}

class ColumnFinder
{
public:
    ColumnFinder(const Catalog &catalog, const ResolvedProfile &profile) : m_catalog(catalog), m_profile(profile), m_sql(catalog, profile) {}

    void addLenses()
    {
        for (const Lens &lens : m_profile.lenses) {
            const CatalogTable *table = lens.kind == u"similarity" ? m_sql.table(lens.table) : nullptr;
            if (!table)
                continue;
            QStringList names{lens.parts.value(u"vector"_s).toString()};
            for (const QJsonValue &other : lens.parts.value(u"alternatives"_s).toArray())
                names.append(other.toString());
            for (const QString &name : names)
                addLens(lens, *table, name);
        }
    }

    void addTypes()
    {
        for (const CatalogTable &table : m_catalog.tables) {
            if (table.module == u"vec0") {
                addVec0(table);
                continue;
            }
            if (!isReadable(table))
                continue;
            for (const CatalogColumn &column : table.columns) {
                VectorColumn found;
                const ColumnProfile *meaning = meaningOf(table, column.name);
                const bool isMeant = meaning && meaning->meaning == u"vector";
                const bool isTyped = readType(column.type, m_catalog.engine, found);
                // Arrays of numbers may be anything: only where the profile says so.
                if ((isTyped && (!isArray(found.storage) || isMeant)) || (isMeant && m_catalog.engine == Engine::Sqlite))
                    add(table, column.name, std::move(found));
            }
        }
    }

    Result<> addShapes(Connection &connection)
    {
        for (const CatalogTable &table : m_catalog.tables) {
            if (!isReadable(table) || table.kind == TableKind::View || table.kind == TableKind::Shadow)
                continue;
            for (const CatalogColumn &column : table.columns) {
                const QString type = column.type.toUpper();
                const bool possible = type.isEmpty() || type.contains(u"BLOB"_s) || type.contains(u"TEXT"_s) || type.contains(u"JSON"_s) || type.contains(u"CHAR"_s);
                if (!possible || has(table, column.name))
                    continue;
                if (const Result<> looked = look(connection, table, column.name); !looked)
                    return looked;
            }
        }
        return {};
    }

    std::vector<VectorColumn> columns;

private:
    static bool isReadable(const CatalogTable &table)
    {
        return table.problem.isEmpty() && table.kind != TableKind::VirtualTable;
    }

    const ColumnProfile *meaningOf(const CatalogTable &table, const QString &column) const
    {
        const TableProfile *known = m_profile.schema.isEmpty() || table.schema == m_profile.schema ? m_profile.table(table.name) : nullptr;
        return known ? known->column(column) : nullptr;
    }

    bool has(const CatalogTable &table, const QString &column) const
    {
        return std::any_of(columns.begin(), columns.end(), [&](const VectorColumn &known) {
            return known.table == table.name && known.column == column && (known.schema.isEmpty() || known.schema == table.schema);
        });
    }

    VectorColumn *add(const CatalogTable &table, const QString &name, VectorColumn column)
    {
        if (has(table, name) || !place(table, m_sql, column))
            return nullptr;
        column.column = name;
        if (const ColumnProfile *meaning = meaningOf(table, name); meaning && meaning->dimension > 0 && column.dimension == 0)
            column.dimension = static_cast<std::size_t>(meaning->dimension);
        column.title = column.name();
        column.text = likelyText(table);
        column.isServerSide = hasVectorExtension(m_catalog);
        columns.push_back(std::move(column));
        return &columns.back();
    }

    void addLens(const Lens &lens, const CatalogTable &table, const QString &vector)
    {
        const CatalogColumn *column = table.column(vector);
        VectorColumn found;
        if (!column || (!readType(column->type, m_catalog.engine, found) && m_catalog.engine == Engine::PostgreSql))
            return;
        VectorColumn *added = add(table, column->name, std::move(found));
        if (!added)
            return;
        const QJsonObject &parts = lens.parts;
        added->title = lens.title;
        added->metric = metricOf(parts.value(u"metric"_s).toString());
        added->threshold = parts.value(u"threshold"_s).toDouble();
        added->text = fieldOf(parts, u"text"_s);
        added->model = fieldOf(parts, u"model"_s);
        added->group = fieldOf(parts, u"group"_s);
        added->speaker = fieldOf(parts, u"speaker"_s);
        added->time = fieldOf(parts, u"time"_s);
        if (const auto record = fieldOf(parts, u"record"_s); record && record->hops.empty()) {
            if (const auto target = m_sql.target(table, record->column)) {
                added->record = record->column;
                added->recordTable = target->table->name;
                added->recordColumn = target->column;
            }
        }
        const QJsonObject expected = parts.value(u"expected"_s).toObject();
        added->expectedTable = expected.value(u"table"_s).toString();
        added->expectedLink = linkFromJson(expected.value(u"link"_s).toObject());
    }

    /// `CREATE VIRTUAL TABLE v USING vec0(embedding float[384], …)`; its numbers stand in v_vector_chunks00 and so on.
    void addVec0(const CatalogTable &table)
    {
        static const QRegularExpression declared(u"[(,]\\s*[\"\\[`]?(\\w+)[\"\\]`]?\\s+(?:float|f32)\\s*\\[\\s*(\\d+)\\s*\\]([^,)]*)"_s, QRegularExpression::CaseInsensitiveOption);
        QRegularExpressionMatchIterator matches = declared.globalMatch(table.sql);
        if (!m_catalog.table(table.name + u"_rowids"_s) || !m_catalog.table(table.name + u"_vector_chunks00"_s))
            return;
        while (matches.hasNext()) {
            const QRegularExpressionMatch match = matches.next();
            VectorColumn column;
            column.table = table.name;
            column.column = match.captured(1);
            column.storage = Storage::Vec0;
            column.dimension = match.captured(2).toULongLong();
            column.key = {u"rowid"_s};
            column.isKeyRowid = true;
            const QString options = match.captured(3).toLower();
            column.metric = options.contains(u"cosine"_s) ? Metric::Cosine : options.contains(u"l1"_s) ? Metric::L1 : Metric::L2;
            column.title = column.name();
            columns.push_back(std::move(column));
        }
    }

    Result<> look(Connection &connection, const CatalogTable &table, const QString &name)
    {
        VectorColumn found;
        int vectors = 0;
        int others = 0;
        std::size_t dimension = 0;
        const QString value = Connection::quoted(name);
        const Result<> read = connection.forEachRow(
            u"SELECT %1 FROM (SELECT %1 FROM %2 LIMIT %3) WHERE %1 IS NOT NULL LIMIT 3"_s.arg(value, m_sql.tableName(table)).arg(sampledRows), {},
            [&](const RowBlock &block, int row) {
                const ValueRef cell = block.at(row, 0);
                const std::string_view bytes(cell.bytes().data(), static_cast<std::size_t>(cell.bytes().size()));
                similarity::VectorDecoder decoder(VectorForm::Text);
                if (cell.type() == ValueType::Text && similarity::looksLikeVectorText(bytes)) {
                    (void)decoder.decode(bytes);
                    dimension = decoder.dimension();
                    ++vectors;
                } else if (cell.type() == ValueType::Blob && similarity::looksLikeFloat32Blob(bytes)) {
                    dimension = bytes.size() / 4;
                    ++vectors;
                } else if (cell.type() == ValueType::Blob && similarity::looksLikeFloat16Blob(bytes)) {
                    found.form = VectorForm::Float16Blob;
                    dimension = bytes.size() / 2;
                    ++vectors;
                } else {
                    ++others;
                }
                return true;
            });
        if (!read)
            return read.error().code == ErrorCode::Cancelled ? read : Result<>(); // a table that cannot be read has none
        if (vectors > others)
            add(table, name, std::move(found)); // the dimension may differ from row to row
        return {};
    }

    const Catalog &m_catalog;
    const ResolvedProfile &m_profile;
    const RowSql m_sql;
};

} // namespace

bool hasVectorExtension(const Catalog &catalog)
{
    return catalog.engine == Engine::PostgreSql && !vectorExtensionVersion(catalog).isEmpty();
}

QString vectorExtensionVersion(const Catalog &catalog)
{
    for (const QString &extension : catalog.extensions) {
        if (extension.startsWith(u"vector "_s))
            return extension.section(u' ', 1);
    }
    return {};
}

std::vector<VectorColumn> declaredVectorColumns(const Catalog &catalog, const ResolvedProfile &profile)
{
    ColumnFinder finder(catalog, profile);
    finder.addLenses();
    finder.addTypes();
    return std::move(finder.columns);
}

Result<std::vector<VectorColumn>> readVectorColumns(Connection &connection, const Catalog &catalog, const ResolvedProfile &profile)
{
    ColumnFinder finder(catalog, profile);
    finder.addLenses();
    finder.addTypes();
    if (catalog.engine == Engine::Sqlite) {
        if (const Result<> looked = finder.addShapes(connection); !looked)
            return failure(looked);
    }
    return std::move(finder.columns);
}

} // namespace turnstone
