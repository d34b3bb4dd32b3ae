// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/catalog/catalog.h"
#include "models/edit/stagedrow.h"

#include <QString>

#include <vector>

namespace turnstone {

/// SQL with values for its placeholders (`?1`, `$1`).
struct BoundStatement
{
    QString sql;
    std::vector<Value> values;
};

/// Writes the statement that saves one staged row. Values are compared as stored, not as the engine thinks them equal: 1 and
/// 1.0, 'a' and 'A' under NOCASE, 1.0 and 1.00 differ. Either binds values or writes them as literals, for reading.
class EditStatement
{
public:
    enum class Form { Bound, Literal };
    explicit EditStatement(const CatalogTable &table, Form form = Form::Bound) : m_table(table), m_form(form) {}

    /// INSERT … RETURNING key, UPDATE or DELETE with the conditions that nobody changed the row meanwhile.
    BoundStatement save(const StagedRow &row);
    /// These columns of the row as it is now, and 1 before them.
    BoundStatement read(const StagedRow &row, const QStringList &columns);
    /// A row if it is as the save leaves it. `key` is that of a new row.
    BoundStatement isSaved(const StagedRow &row, const RowKey &key);

    /// The table's name with its schema where the engine needs it.
    static QString tableName(const CatalogTable &table);
    static QString literal(const Value &value, Engine engine);

private:
    QString value(const Value &value);
    QString keyIs(const QStringList &columns, const RowKey &key);
    QString same(const QString &column, const Value &value);
    QString witnesses(const StagedRow &row);

    const CatalogTable &m_table;
    const Form m_form;
    std::vector<Value> m_values;
};

} // namespace turnstone
