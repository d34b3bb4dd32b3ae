// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/edit/editstatement.h"

#include "models/core/jsonwriter.h"
#include "models/database/connection.h"

#include <QStringDecoder>

#include <cmath>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

QString storageClass(ValueType type)
{
    switch (type) {
    case ValueType::Null: return u"null"_s;
    case ValueType::Integer: return u"integer"_s;
    case ValueType::Real: return u"real"_s;
    case ValueType::Text: return u"text"_s;
    case ValueType::Blob: return u"blob"_s;
    }
    return {};
}

bool isPlainText(const QByteArray &bytes)
{
    QStringDecoder decoder(QStringDecoder::Utf8, QStringDecoder::Flag::Stateless);
    const QString decoded = decoder.decode(bytes);
    return !decoder.hasError() && !decoded.contains(QChar(u'\0'));
}

} // namespace

QString EditStatement::tableName(const CatalogTable &table)
{
    return Connection::quoted(table.engine == Engine::Sqlite ? QString() : table.schema, table.name);
}

QString EditStatement::literal(const Value &value, Engine engine)
{
    switch (value.type()) {
    case ValueType::Null: return u"NULL"_s;
    case ValueType::Integer: return QString::number(value.integer());
    case ValueType::Real: {
        if (!std::isfinite(value.real()))
            return value.real() < 0 ? u"-9e999"_s : u"9e999"_s;
        const QString token = QString::fromLatin1(JsonWriter::realToken(value.real()));
        return token.contains(u'.') || token.contains(u'e') || token.contains(u'E') ? token : token + u".0"_s;
    }
    case ValueType::Blob: {
        const QString hex = QString::fromLatin1(value.bytes().toHex());
        return engine == Engine::Sqlite ? u"x'"_s + hex + u'\'' : u"'\\x"_s + hex + u'\'';
    }
    case ValueType::Text: break;
    }
    if (engine == Engine::Sqlite && !isPlainText(value.bytes()))
        return u"CAST(x'"_s + QString::fromLatin1(value.bytes().toHex()) + u"' AS TEXT)"_s;
    return u'\'' + QString::fromUtf8(value.bytes()).replace(u'\'', u"''"_s) + u'\'';
}

QString EditStatement::value(const Value &value)
{
    if (m_form == Form::Literal)
        return literal(value, m_table.engine);
    m_values.push_back(value);
    return (m_table.engine == Engine::Sqlite ? u'?' : u'$') + QString::number(m_values.size());
}

QString EditStatement::keyIs(const QStringList &columns, const RowKey &key)
{
    QStringList parts;
    for (qsizetype i = 0; i < columns.size(); ++i) {
        const Value &part = key[static_cast<std::size_t>(i)];
        parts.append(Connection::quoted(columns[i]) + (part.isNull() ? u" IS NULL"_s : u" = "_s + value(part)));
    }
    return parts.join(u" AND "_s);
}

QString EditStatement::same(const QString &column, const Value &expected)
{
    const QString name = Connection::quoted(column);
    if (expected.isNull())
        return name + u" IS NULL"_s;
    if (m_table.engine == Engine::PostgreSql) {
        // format() gives the text that the server sends, for every type; a cast to text differs for some, and json has no equality.
        return u"%1 IS NOT NULL AND format('%s', %1) = %2"_s.arg(name, value(expected));
    }
    const QString collation = expected.type() == ValueType::Text ? u" COLLATE BINARY"_s : QString();
    if (m_form == Form::Literal)
        return name + u" IS "_s + value(expected) + collation;
    // + takes the affinity away, which would compare the text '1' with the number 1.
    return u"typeof(%1) = '%2' AND +%1 IS %3%4"_s.arg(name, storageClass(expected.type()), value(expected), collation);
}

QString EditStatement::witnesses(const StagedRow &row)
{
    QString text;
    for (const auto &[column, known] : row.witness) {
        if (!row.cells.contains(column))
            text += u" AND "_s + same(column, known);
    }
    return text;
}

BoundStatement EditStatement::save(const StagedRow &row)
{
    m_values.clear();
    const QString name = tableName(m_table);
    if (row.kind == StagedRow::Kind::Added) {
        QStringList columns;
        QStringList values;
        for (const auto &[column, cell] : row.cells) {
            columns.append(Connection::quoted(column));
            values.append(value(cell.after));
        }
        QString sql = columns.isEmpty() ? u"INSERT INTO %1 DEFAULT VALUES"_s.arg(name) : u"INSERT INTO %1 (%2) VALUES (%3)"_s.arg(name, columns.join(u", "_s), values.join(u", "_s));
        if (m_form == Form::Bound && !row.keyColumns.isEmpty()) {
            QStringList key;
            for (const QString &column : row.keyColumns)
                key.append(Connection::quoted(column));
            sql += u" RETURNING "_s + key.join(u", "_s);
        }
        return {sql, m_values};
    }
    QStringList set;
    if (row.kind == StagedRow::Kind::Changed) {
        for (const auto &[column, cell] : row.cells)
            set.append(Connection::quoted(column) + u" = "_s + value(cell.after));
    }
    QString where = keyIs(row.keyColumns, row.address.key) + witnesses(row);
    for (const auto &[column, cell] : row.cells) {
        if (cell.before)
            where += u" AND "_s + same(column, *cell.before);
    }
    const QString sql = row.kind == StagedRow::Kind::Changed ? u"UPDATE %1 SET %2 WHERE %3"_s.arg(name, set.join(u", "_s), where) : u"DELETE FROM %1 WHERE %2"_s.arg(name, where);
    return {sql, m_values};
}

BoundStatement EditStatement::read(const StagedRow &row, const QStringList &columns)
{
    m_values.clear();
    QStringList list{u"1"_s};
    for (const QString &column : columns)
        list.append(Connection::quoted(column));
    const QString sql = u"SELECT %1 FROM %2 WHERE %3"_s.arg(list.join(u", "_s), tableName(m_table), keyIs(row.keyColumns, row.address.key) + witnesses(row));
    return {sql, m_values};
}

BoundStatement EditStatement::isSaved(const StagedRow &row, const RowKey &key)
{
    m_values.clear();
    QString where = keyIs(row.keyColumns, key);
    if (row.kind != StagedRow::Kind::Deleted) {
        for (const auto &[column, cell] : row.cells)
            where += u" AND "_s + same(column, cell.after);
    }
    return {u"SELECT 1 FROM %1 WHERE %2"_s.arg(tableName(m_table), where), m_values};
}

} // namespace turnstone
