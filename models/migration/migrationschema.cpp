// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/migration/migrationschema.h"

#include "models/catalog/catalogreader.h"
#include "models/migration/migrationpart.h"
#include "models/sql/sqllexer.h"

#include <QCoreApplication>
#include <QTemporaryDir>
#include <QUuid>

namespace turnstone {

namespace {

using namespace Qt::StringLiterals;

struct MigrationSchemaText
{
    Q_DECLARE_TR_FUNCTIONS(MigrationSchema)
};

/// Whether a text names the schema `public` before a dot: it would reach the real tables.
bool namesPublic(const QString &sql)
{
    SqlLexer lexer(sql, SqlDialect::PostgreSql);
    bool before = false;
    while (!lexer.atEnd()) {
        const SqlToken token = lexer.next();
        if (!token.isSignificant())
            continue;
        const QStringView text = QStringView(sql).mid(token.start, token.length);
        if (before && text == u".")
            return true;
        before = text.compare("public"_L1, Qt::CaseInsensitive) == 0 || text == u"\"public\"";
    }
    return false;
}

Result<> runUp(const MigrationFolder &folder, std::size_t count, Connection &connection, bool onServer)
{
    for (std::size_t i = 0; i < count; ++i) {
        const MigrationFile &file = folder.files()[i];
        const Result<MigrationPart> part = prepareMigration(file, MigrationDirection::Up, connection.engine());
        if (!part)
            return failure(part);
        for (const MigrationStatement &statement : part->statements) {
            if (onServer && namesPublic(statement.sql.text))
                return failure(ErrorCode::Unsupported, MigrationSchemaText::tr("%1 names the schema \"public\"; the schema that it leads to can only be found out in an empty database.").arg(file.fileName));
            // What cannot run in a transaction builds indexes or tidies up: its plain form does here.
            MigrationStatement plain = statement;
            if (!plain.inTransaction && onServer) {
                if (!plain.sql.text.contains("CONCURRENTLY"_L1, Qt::CaseInsensitive))
                    continue;
                plain.sql.text.replace("CONCURRENTLY"_L1, QLatin1String(), Qt::CaseInsensitive);
            }
            if (const Result<> done = runStatement(connection, file, plain); !done)
                return done;
        }
    }
    return {};
}

Result<SchemaOf> inFile(const MigrationFolder &folder, std::size_t count)
{
    const QTemporaryDir place;
    if (!place.isValid())
        return failure(ErrorCode::Io, MigrationSchemaText::tr("No temporary folder can be made."), place.errorString());
    ConnectionOptions options;
    options.readOnly = false;
    options.createFile = true;
    const auto connection = Connection::open(DatabaseUrl::forFile(place.filePath(u"schema.db"_s)), options);
    if (!connection)
        return failure(connection);
    // Nothing of it is kept: no need to wait for the disk.
    if (const Result<> fast = (*connection)->executeScript(u"PRAGMA journal_mode=MEMORY; PRAGMA synchronous=OFF; PRAGMA foreign_keys=OFF"_s); !fast)
        return failure(fast);
    if (const Result<> done = runUp(folder, count, **connection, false); !done)
        return failure(done);
    Result<Catalog> catalog = readCatalog(**connection);
    if (!catalog)
        return failure(catalog);
    return SchemaOf{std::move(*catalog), u"main"_s};
}

Result<SchemaOf> inTransaction(const MigrationFolder &folder, std::size_t count, Connection &connection)
{
    if (const Result<> begun = connection.begin(); !begun)
        return failure(begun);
    const QString schema = u"turnstone_"_s + QUuid::createUuid().toString(QUuid::Id128).left(12);
    const auto work = [&]() -> Result<SchemaOf> {
        // Types of extensions lie where they lie; everything else is looked for here first.
        const QString path = u"SELECT set_config('search_path', '%1, ' || current_setting('search_path'), true)"_s.arg(schema);
        for (const QString &sql : {u"SET LOCAL lock_timeout = '2s'"_s, u"CREATE SCHEMA "_s + schema, path}) {
            if (const auto done = connection.execute(sql); !done)
                return failure(done);
        }
        if (const Result<> done = runUp(folder, count, connection, true); !done)
            return failure(done);
        Result<Catalog> catalog = readCatalog(connection);
        if (!catalog)
            return failure(catalog);
        return SchemaOf{std::move(*catalog), schema};
    };
    auto found = work();
    connection.rollback();
    return found;
}

} // namespace

Result<SchemaOf> schemaAfter(const MigrationFolder &folder, std::size_t count, Connection &connection)
{
    return connection.engine() == Engine::Sqlite ? inFile(folder, count) : inTransaction(folder, count, connection);
}

} // namespace turnstone
