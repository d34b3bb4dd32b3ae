// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/migration/migrationpart.h"

#include "models/database/postgresconnection.h"
#include "models/database/postgrescopy.h"
#include "models/sql/sqllexer.h"
#include "models/sql/statementkind.h"

#include <QCoreApplication>

namespace turnstone {

namespace {

using namespace Qt::StringLiterals;

struct MigrationPartText
{
    Q_DECLARE_TR_FUNCTIONS(MigrationPart)
};

constexpr qsizetype excerptLength = 72;

SqlDialect dialectOf(Engine engine)
{
    return engine == Engine::Sqlite ? SqlDialect::Sqlite : SqlDialect::PostgreSql;
}

/// The first words in capitals, as far as a look needs.
QStringList firstWords(const QString &sql, SqlDialect dialect, int count)
{
    QStringList words;
    SqlLexer lexer(sql, dialect);
    while (!lexer.atEnd() && words.size() < count) {
        const SqlToken token = lexer.next();
        if (token.isSignificant())
            words.append(QStringView(sql).mid(token.start, token.length).toString().toUpper());
    }
    return words;
}

class Preparation
{
public:
    Preparation(const MigrationFile &file, bool isUp, Engine engine)
        : m_file(file), m_text(isUp ? file.up : file.down), m_firstLine(isUp ? file.upLine : file.downLine),
          m_inTransaction(isUp ? file.upInTransaction : file.downInTransaction), m_dialect(dialectOf(engine))
    {
    }

    Result<MigrationPart> run()
    {
        for (const SqlStatement &statement : SqlScript::split(m_text, m_dialect)) {
            if (const Result<> taken = take(statement); !taken)
                return failure(taken);
        }
        if (m_begunOnLine > 0)
            return at(m_begunOnLine, MigrationPartText::tr("the transaction that begins here is never committed."));
        // A comment that is never closed hides all that follows.
        const QList<SqlToken> tokens = SqlLexer::tokens(m_text, m_dialect);
        if (!tokens.isEmpty() && !tokens.last().closed && tokens.last().kind == SqlTokenKind::Comment)
            return at(m_firstLine + int(QStringView(m_text).left(tokens.last().start).count(u'\n')), MigrationPartText::tr("a comment begins here and is never closed."));
        return m_part;
    }

private:
    tl::unexpected<Error> at(int line, const QString &words) const
    {
        return failure(ErrorCode::Syntax, MigrationPartText::tr("%1, line %2: %3").arg(m_file.fileName, QString::number(line), words));
    }

    Result<> take(const SqlStatement &statement)
    {
        const int line = m_firstLine + statement.line - 1;
        if (statement.isMetaCommand)
            return at(line, MigrationPartText::tr("\"%1\" is a command of psql, not SQL; no server understands it.").arg(excerptOf(statement.text)));
        if (const Result<> closed = checkClosed(statement, line); !closed)
            return closed;
        const QStringList words = firstWords(statement.text, m_dialect, 4);
        if (words.value(0) == "PRAGMA"_L1 && words.value(1) == "FOREIGN_KEYS"_L1 && words.size() > 2) {
            const QString value = words.value(3);
            m_part.wantsForeignKeysOff = m_part.wantsForeignKeysOff || value == "OFF"_L1 || value == "0"_L1 || value == "FALSE"_L1 || value == "NO"_L1;
            return {}; // it does nothing inside a transaction; the run takes care
        }
        if (m_dialect == SqlDialect::Sqlite && words.value(0) == "DROP"_L1 && words.value(1) == "TABLE"_L1)
            m_part.wantsForeignKeysOff = true;
        const bool isTransactionControl = statementKind(statement.text, m_dialect) == StatementKind::Transaction;
        if (isTransactionControl && m_inTransaction && !isTransactional(statement.text, m_dialect))
            return takeTransactionControl(words.value(0), line);
        const bool fits = isTransactional(statement.text, m_dialect);
        if (!fits && m_begunOnLine > 0)
            return at(line, MigrationPartText::tr("\"%1\" cannot run inside a transaction; take it out of BEGIN … COMMIT.").arg(excerptOf(statement.text)));
        const bool runsApart = !fits || !m_inTransaction;
        if (runsApart) {
            m_part.runsApart = true;
            m_part.warnings.append(MigrationPartText::tr("%1, line %2: \"%3\" runs outside a transaction. If it fails or is stopped, what came before it stays.")
                                       .arg(m_file.fileName, QString::number(line), excerptOf(statement.text)));
        }
        m_part.statements.push_back({statement, line, !runsApart});
        return {};
    }

    Result<> checkClosed(const SqlStatement &statement, int line) const
    {
        if (statement.complete)
            return {};
        if (statement.hasCopyData)
            return at(line, MigrationPartText::tr("the data of COPY have no end; a line \"\\.\" is missing."));
        for (const SqlToken &token : SqlLexer::tokens(statement.text, m_dialect)) {
            if (token.closed)
                continue;
            const int where = line + int(QStringView(statement.text).left(token.start).count(u'\n'));
            return at(where, token.kind == SqlTokenKind::QuotedIdentifier ? MigrationPartText::tr("a quoted name begins here and is never closed.")
                                                                         : MigrationPartText::tr("a text in quotes begins here and is never closed."));
        }
        const QStringList words = firstWords(statement.text, m_dialect, 3);
        if (words.value(0) == "CREATE"_L1 && (words.value(1) == "TRIGGER"_L1 || words.value(2) == "TRIGGER"_L1) && m_dialect == SqlDialect::Sqlite && !statement.text.trimmed().endsWith("END"_L1, Qt::CaseInsensitive))
            return at(line, MigrationPartText::tr("the trigger that begins here has no END;"));
        return {}; // only the last semicolon is missing
    }

    Result<> takeTransactionControl(const QString &word, int line)
    {
        if (word == "BEGIN"_L1 || word == "START"_L1) {
            if (m_begunOnLine > 0)
                return at(line, MigrationPartText::tr("a transaction begins here, but one is open already since line %1.").arg(m_begunOnLine));
            m_begunOnLine = line;
            return {};
        }
        if ((word == "COMMIT"_L1 || word == "END"_L1) && m_begunOnLine > 0) {
            m_begunOnLine = 0;
            return {};
        }
        if (word == "COMMIT"_L1 || word == "END"_L1)
            return at(line, MigrationPartText::tr("%1 stands here without a BEGIN. Each migration runs in one transaction of its own.").arg(word));
        return at(line, MigrationPartText::tr("%1 has no place in a migration: it runs in one transaction of its own, whole or not at all.").arg(word));
    }

    const MigrationFile &m_file;
    const QString &m_text;
    const int m_firstLine;
    const bool m_inTransaction;
    const SqlDialect m_dialect;
    MigrationPart m_part;
    int m_begunOnLine = 0;
};

/// `COPY … FROM stdin` with its data, as they stand in a script.
Result<> copyIn(Connection &connection, const QString &statement, const QString &data)
{
    auto *postgres = dynamic_cast<PostgresConnection *>(&connection);
    if (!postgres)
        return failure(ErrorCode::Unsupported, MigrationPartText::tr("COPY with data is known to PostgreSQL only."));
    PostgresCopy copy(*postgres);
    if (const Result<> started = copy.start(statement); !started)
        return started;
    QByteArray bytes = data.toUtf8();
    if (!bytes.isEmpty() && !bytes.endsWith('\n'))
        bytes += '\n';
    if (const Result<> sent = copy.put(bytes); !sent)
        return sent;
    const Result<std::int64_t> done = copy.finish();
    return done ? Result<>() : Result<>(failure(done));
}

} // namespace

QString excerptOf(const QString &sql)
{
    QString line = sql.left(4 * excerptLength).simplified();
    if (line.endsWith(u';'))
        line.chop(1);
    return line.size() > excerptLength ? line.left(excerptLength - 1) + u'…' : line;
}

Result<MigrationPart> prepareMigration(const MigrationFile &file, MigrationDirection direction, Engine engine)
{
    const bool isUp = direction == MigrationDirection::Up;
    if (!isUp && !file.hasDown()) {
        const QString marker = file.form == MigrationFile::Form::Marked ? u"-- migrate:down"_s : u"-- Rollback:"_s;
        return failure(ErrorCode::Unsupported, MigrationPartText::tr("%1 has no way down: nothing stands after \"%2\".").arg(file.fileName, marker));
    }
    return Preparation(file, isUp, engine).run();
}

Result<> runStatement(Connection &connection, const MigrationFile &file, const MigrationStatement &statement)
{
    Result<> done;
    if (statement.sql.hasCopyData)
        done = copyIn(connection, statement.sql.text, statement.sql.copyData);
    else if (const Result<ExecuteOutcome> ran = connection.execute(statement.sql.text); !ran)
        done = failure(ran);
    if (done || done.error().code == ErrorCode::Cancelled)
        return done;
    Error error = done.error();
    int line = statement.line;
    if (error.position > 0)
        line += int(QStringView(statement.sql.text).left(error.position).count(u'\n'));
    error.message = MigrationPartText::tr("%1, line %2: %3 In: %4.").arg(file.fileName, QString::number(line),
                                                                       error.message.endsWith(u'.') ? error.message : error.message + u'.', excerptOf(statement.sql.text));
    return tl::unexpected(error);
}

} // namespace turnstone
