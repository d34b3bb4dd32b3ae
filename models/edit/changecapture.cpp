// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/edit/changecapture.h"

#include "models/edit/deleteplan.h"
#include "models/edit/editplan.h"
#include "models/edit/rowidentity.h"
#include "models/edit/rowimageread.h"
#include "models/sql/sqllexer.h"

#include <QCoreApplication>

#include <algorithm>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

struct CaptureText
{
    Q_DECLARE_TR_FUNCTIONS(ChangeCapture)
};

/// A name as the catalog has it.
QString unquoted(const QString &name, SqlDialect dialect)
{
    if (name.size() < 2 || name.front() != u'"')
        return dialect == SqlDialect::PostgreSql ? name.toLower() : name;
    return name.mid(1, name.size() - 2).replace(u"\"\""_s, u"\""_s);
}

/// The words of a statement without comments and spaces.
QStringList wordsOf(const QString &sql, SqlDialect dialect, int most)
{
    QStringList words;
    for (const SqlToken &token : SqlLexer::tokens(sql, dialect)) {
        if (!token.isSignificant())
            continue;
        words.append(sql.mid(token.start, token.length));
        if (words.size() == most)
            break;
    }
    return words;
}

bool isWord(const QString &word, QLatin1String keyword)
{
    return word.compare(keyword, Qt::CaseInsensitive) == 0;
}

constexpr int wordsBeforeSet = 9; // UPDATE ONLY schema . name AS alias SET

} // namespace

struct ChangeCapture::Target
{
    const CatalogTable *table = nullptr;
    QString alias; ///< by which RETURNING knows the table
    bool isDelete = false;
};

Result<ChangeCapture::Target> ChangeCapture::targetOf(const QString &sql) const
{
    const SqlDialect dialect = m_catalog.engine == Engine::Sqlite ? SqlDialect::Sqlite : SqlDialect::PostgreSql;
    const QStringList words = wordsOf(sql, dialect, wordsBeforeSet);
    Target target;
    qsizetype at = 0;
    const auto skip = [&](QLatin1String keyword) {
        const bool is = isWord(words.value(at), keyword);
        at += is ? 1 : 0;
        return is;
    };
    target.isDelete = skip(QLatin1String("DELETE"));
    if (target.isDelete ? !skip(QLatin1String("FROM")) : !skip(QLatin1String("UPDATE")))
        return failure(ErrorCode::Unsupported, CaptureText::tr("Only changes and deletions of rows can be staged; this is another statement: %1").arg(sql.simplified().left(80)));
    skip(QLatin1String("ONLY"));
    QString schema;
    QString name = unquoted(words.value(at++), dialect);
    if (words.value(at) == u".") {
        schema = name;
        name = unquoted(words.value(at + 1), dialect);
        at += 2;
    }
    target.table = m_catalog.table(name, schema);
    if (target.table == nullptr)
        return failure(ErrorCode::NotFound, CaptureText::tr("There is no table %1.").arg(name));
    target.alias = target.table->name;
    const QString next = words.value(at);
    static constexpr QLatin1String ends[] = {QLatin1String("SET"), QLatin1String("WHERE"), QLatin1String("USING"), QLatin1String(";"), QLatin1String("")};
    if (skip(QLatin1String("AS")))
        target.alias = unquoted(words.value(at), dialect);
    else if (std::ranges::none_of(ends, [&](QLatin1String end) { return isWord(next, end); }))
        target.alias = unquoted(next, dialect);
    return target;
}

CapturedRow &ChangeCapture::entry(const RowImage &before)
{
    const auto [place, isNew] = m_places.emplace(before.address.id(), m_rows.size());
    if (isNew)
        m_rows.push_back({before, {}, false, {}});
    return m_rows[place->second];
}

Result<> ChangeCapture::noteChanged(const Target &target, const std::vector<RowImage> &after)
{
    const TableProfile *profile = tableProfile(m_profile, *target.table);
    for (const RowImage &row : after) {
        const Result<RowImage> before = readImage(m_connection, *target.table, profile, row.keyColumns, row.address.key);
        if (!before && before.error().code == ErrorCode::NotFound)
            return failure(ErrorCode::Unsupported, CaptureText::tr("It changes what identifies the rows of %1.").arg(target.table->name));
        if (!before)
            return failure(before);
        CapturedRow &captured = entry(*before);
        captured.after.clear();
        for (const auto &[column, value] : row.values) {
            const CatalogColumn *known = target.table->column(column);
            if (known != nullptr && !known->generated && captured.before.values.at(column) != value)
                captured.after.emplace_back(column, value);
        }
    }
    return {};
}

Result<> ChangeCapture::noteDeleted(const Target &target, const std::vector<RowImage> &rows)
{
    for (const RowImage &row : rows) {
        const Result<DeletePlan> plan = planDelete(m_connection, m_catalog, m_profile, *target.table, row.keyColumns, {row.address.key}, true);
        if (!plan)
            return failure(plan);
        if (!plan->refusal.isEmpty())
            return failure(ErrorCode::Constraint, plan->refusal);
        CapturedRow &captured = entry(row);
        captured.isDeleted = true;
        captured.after.clear();
        captured.goesAlong = plan->goesAlong();
    }
    return {};
}

Result<qint64> ChangeCapture::run(const QString &sql, const Parameters &parameters)
{
    const Result<Target> target = targetOf(sql);
    if (!target)
        return failure(target);
    const RowIdentity identity = rowIdentityOf(*target->table, tableProfile(m_profile, *target->table));
    if (!identity.isUsable())
        return failure(ErrorCode::Unsupported, identity.refusal);
    QString statement = sql.trimmed();
    while (statement.endsWith(u';'))
        statement.chop(1);
    QStringList names;
    // SQLite takes no alias in RETURNING, and needs none: it knows only the one table there.
    const QString columns = imageColumns(*target->table, identity, names, m_catalog.engine == Engine::Sqlite ? QString() : target->alias);
    if (const Result<ExecuteOutcome> marked = m_connection.execute(u"SAVEPOINT turnstone_capture"_s); !marked)
        return failure(marked);
    std::vector<RowImage> images;
    const std::size_t room = mostRows - std::min(mostRows, m_rows.size());
    const Result<> told = m_connection.forEachRow(statement + u" RETURNING "_s + columns, parameters, [&](const RowBlock &block, int row) {
        images.push_back(imageFrom(*target->table, identity, names, block, row));
        return images.size() <= room;
    });
    if (!told)
        return failure(told);
    if (images.size() > room)
        return failure(ErrorCode::Unsupported, CaptureText::tr("It concerns more than %1 rows; that is too much for staged edits. Run it at once instead.").arg(mostRows));
    if (const Result<ExecuteOutcome> back = m_connection.execute(u"ROLLBACK TO turnstone_capture"_s); !back)
        return failure(back);
    if (const Result<> noted = target->isDelete ? noteDeleted(*target, images) : noteChanged(*target, images); !noted)
        return failure(noted);
    const Result<ExecuteOutcome> done = m_connection.execute(sql, parameters);
    if (!done)
        return failure(done);
    if (const Result<ExecuteOutcome> released = m_connection.execute(u"RELEASE turnstone_capture"_s); !released)
        return failure(released);
    return done->rowsAffected;
}

std::vector<CapturedRow> ChangeCapture::rows() const
{
    std::vector<CapturedRow> changed;
    std::ranges::copy_if(m_rows, std::back_inserter(changed), [](const CapturedRow &row) { return row.isDeleted || !row.after.empty(); });
    return changed;
}

} // namespace turnstone
