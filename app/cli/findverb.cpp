// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/findverb.h"

#include "app/cli/keyjson.h"
#include "app/cli/recogniser.h"
#include "models/core/jsonwriter.h"

#include <QCoreApplication>
#include <QLocale>

#include <algorithm>

namespace turnstone::cli {

namespace {

using namespace Qt::StringLiterals;

struct FindverbText
{
    Q_DECLARE_TR_FUNCTIONS(FindVerb)
};

} // namespace

void FindVerb::declare(CLI::App &command)
{
    m_database.declare(command);
    command.add_option("TEXT", m_text, "Words that all have to occur, \"in quotes\" together; or a pattern with --regex");
    command.add_option("--table", m_table, "Look into this table only");
    command.add_option("-k", m_most, "So many hits at most (100)")->check(CLI::PositiveNumber);
    command.add_flag("--regex", m_isPattern, "TEXT is a regular expression");
    command.add_flag("--case", m_isCaseSensitive, "Capitals matter");
    command.add_flag("--scan", m_scans, "Read every row even where a full-text index could answer");
    command.add_flag("--json", m_json, "Print JSON");
}

Result<FindQuery> FindVerb::query(const Catalog &catalog) const
{
    FindQuery query;
    query.words = {QString::fromStdString(m_text), m_isPattern, m_isCaseSensitive};
    query.usesIndexes = !m_scans;
    query.most = query.mostInTable = m_most;
    if (Result<TextMatcher> good = TextMatcher::make(query.words); !good)
        return failure(ErrorCode::InvalidInput, good.error().message);
    if (!m_table.empty()) {
        const QString name = QString::fromStdString(m_table);
        const CatalogTable *table = catalog.table(name);
        if (!table && name.contains(u'.'))
            table = catalog.table(name.section(u'.', 1), name.section(u'.', 0, 0));
        if (!table)
            return failure(ErrorCode::NotFound, FindverbText::tr("There is no table \"%1\".").arg(name));
        query.table = table->name;
        query.schema = table->schema;
    }
    return query;
}

QByteArray FindVerb::asJson(const std::vector<FindHit> &hits, const Catalog &catalog) const
{
    QByteArray out;
    JsonWriter json(out, 2);
    json.beginArray();
    for (const FindHit &hit : hits) {
        json.beginObject();
        json.key(u"table");
        json.string(hit.table);
        json.key(u"key");
        writeKey(json, hit.key, hit.keyColumns, catalog.table(hit.table, hit.schema));
        json.key(u"column");
        json.string(hit.column);
        json.key(u"excerpt");
        json.string(hit.excerpt.text);
        json.key(u"match");
        json.string(hit.excerpt.text.mid(hit.excerpt.start, hit.excerpt.length));
        json.endObject();
    }
    json.endArray();
    out += '\n';
    return out;
}

QByteArray FindVerb::asText(const std::vector<FindHit> &hits) const
{
    QString out;
    QString table;
    for (const FindHit &hit : hits) {
        if (hit.table != table)
            out += (table = hit.table) + u'\n';
        QStringList key;
        for (const Value &value : hit.key)
            key.append(value.toDisplayText());
        out += u"  %1  %2  %3\n"_s.arg(key.join(u','), hit.column, hit.excerpt.text.simplified());
    }
    return out.toUtf8();
}

Result<> FindVerb::run(VerbContext &context)
{
    m_database.shiftInto({&m_text});
    if (m_text.empty())
        return failure(ErrorCode::InvalidInput, FindverbText::tr("TEXT is missing: say what to look for"));
    const ProfileRegistry registry = loadRegistry([&](const QString &line) { context.streams.error(line); });
    const Result<DatabaseUrl> url = m_database.url();
    if (!url)
        return failure(url);
    std::shared_ptr<const Catalog> catalog;
    std::shared_ptr<const ResolvedProfile> profile;
    {
        auto connection = m_database.open({}, context.stop);
        if (!connection)
            return failure(connection);
        const StopGuard guard(**connection, context.stop);
        Result<KnownDatabase> known = readAndRecognise(**connection, registry);
        if (!known)
            return failure(known);
        catalog = std::make_shared<const Catalog>(std::move(known->catalog));
        profile = std::make_shared<const ResolvedProfile>(std::move(known->profile));
    }
    const Result<FindQuery> wanted = query(*catalog);
    if (!wanted)
        return failure(wanted);
    SessionPool pool(*url);
    std::vector<FindHit> hits;
    FindObserver observer;
    observer.found = [&hits](std::vector<FindHit> more) { std::ranges::move(more, std::back_inserter(hits)); };
    if (context.streams.errIsTerminal)
        observer.progressed = [&](int done, int total) { context.streams.err(u"\r\033[K%1 %"_s.arg(100 * done / std::max(total, 1)).toUtf8()); };
    const Result<FindSummary> summary = startFind(pool, catalog, profile, *wanted, observer, context.stop).result();
    if (context.streams.errIsTerminal)
        context.streams.err("\r\033[K");
    if (!summary)
        return failure(summary);
    std::ranges::sort(hits, {}, &FindHit::order);
    const bool isCut = summary->isCut || hits.size() > static_cast<std::size_t>(m_most);
    if (hits.size() > static_cast<std::size_t>(m_most))
        hits.resize(static_cast<std::size_t>(m_most));
    for (const QString &problem : summary->problems)
        context.streams.error(FindverbText::tr("turnstone-cli: find: not searched: %1").arg(problem));
    if (isCut)
        context.streams.error(FindverbText::tr("turnstone-cli: find: there is more than these %1 hits; -k asks for more").arg(hits.size()));
    if (!summary->indexes.isEmpty())
        context.streams.error(FindverbText::tr("turnstone-cli: find: whole words by the index %1; --scan finds parts of words, too").arg(summary->indexes.join(u", "_s)));
    return context.streams.out(m_json ? asJson(hits, *catalog) : asText(hits));
}

} // namespace turnstone::cli
