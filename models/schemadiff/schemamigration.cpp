// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/schemadiff/schemamigration.h"

#include "models/schemadiff/postgreswriter.h"
#include "models/schemadiff/sqlitewriter.h"

#include <QCoreApplication>

namespace turnstone {

namespace {

using namespace Qt::StringLiterals;

struct SchemaMigrationText
{
    Q_DECLARE_TR_FUNCTIONS(SchemaMigration)
};

/// The answers of the way back.
SchemaCompareOptions reversed(const SchemaCompareOptions &options)
{
    SchemaCompareOptions back = options;
    for (auto &[before, after] : back.renames)
        std::swap(before, after);
    // A column's table is spelled as it is called afterwards.
    for (auto &[before, after] : back.renames) {
        for (const auto &[oldTable, newTable] : options.renames) {
            if (!newTable.contains(u'.') && before.section(u'.', 0, 0) == newTable && before.contains(u'.')) {
                before = oldTable + u'.' + before.section(u'.', 1);
                after = oldTable + u'.' + after.section(u'.', 1);
            }
        }
    }
    return back;
}

} // namespace

Result<SchemaMigration> writeSchemaMigration(const SchemaView &from, const SchemaView &to, const SchemaCompareOptions &options)
{
    if (from.catalog.engine != to.catalog.engine)
        return failure(ErrorCode::InvalidInput, SchemaMigrationText::tr("A SQLite file and a PostgreSQL database cannot be compared statement by statement: their types differ."));
    const SchemaDiff diff = compareSchemas(from, to, options);
    if (!diff.unusedRenames.isEmpty())
        return failure(ErrorCode::InvalidInput, SchemaMigrationText::tr("Nothing can be renamed by %1: the first name must be gone and the second one new.").arg(diff.unusedRenames.join(u", "_s)));
    SchemaMigration migration;
    const SchemaCompareOptions back = reversed(options);
    if (to.catalog.engine == Engine::Sqlite) {
        migration.up = SqliteWriter(from, to, options).write(migration.remarks);
        QStringList unused;
        migration.down = SqliteWriter(to, from, back).write(unused);
    } else {
        migration.up = PostgresWriter(from, to, options).write(migration.remarks);
        QStringList unused;
        migration.down = PostgresWriter(to, from, back).write(unused);
    }
    for (const SchemaChange &change : diff.changes) {
        if (change.kind == SchemaChange::Kind::DropTable || change.kind == SchemaChange::Kind::DropColumn)
            migration.remarks.append(SchemaMigrationText::tr("%1 goes with what is stored in it; down makes it again, empty.")
                                         .arg(change.object.isEmpty() ? change.table : change.table + u'.' + change.object));
    }
    return migration;
}

QString SchemaMigration::toFile(const QString &title) const
{
    QString text = u"-- %1\n"_s.arg(title);
    for (const QString &remark : remarks)
        text += u"-- %1\n"_s.arg(remark);
    const auto part = [](const QString &sql) { return sql.isEmpty() ? u"-- nothing\n"_s : sql; };
    return text + u"\n-- migrate:up\n\n%1\n-- migrate:down\n\n%2"_s.arg(part(up), part(down));
}

} // namespace turnstone
