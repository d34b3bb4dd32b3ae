// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/profiles/profilegrammar.h"

#include <algorithm>
#include <map>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

using R = GrammarRule;

std::vector<GrammarKey> operator+(std::vector<GrammarKey> a, const std::vector<GrammarKey> &b)
{
    a.insert(a.end(), b.begin(), b.end());
    return a;
}

const Grammar junctionGrammar{"a junction",
                              {{"table", R::Table, true}, {"link", R::Link, true}, {"to", R::LinkToOwner, true}, {"order", R::Order}, {"about", R::Text}},
                              true};

/// The same for a source of a lens, which may follow the junction's rows from one to the next.
const Grammar sourceJunction{"a junction",
                             {{"table", R::Table, true}, {"link", R::Link, true}, {"follow", R::SelfLink}, {"to", R::LinkToOwner, true}, {"order", R::Order}, {"about", R::Text}},
                             true};

/// The rows of a table that belong to the record.
std::vector<GrammarKey> source(const std::vector<GrammarKey> &parts)
{
    return std::vector<GrammarKey>{{"table", R::Table, true}, {"link", R::Link}, {"via", R::Object, false, &sourceJunction}, {"order", R::Order}, {"where", R::Conditions}, {"about", R::Text}}
           + parts;
}

std::vector<GrammarKey> lens(const std::vector<GrammarKey> &parts)
{
    return std::vector<GrammarKey>{{"kind", R::Text, true}, {"id", R::Id, true}, {"title", R::Text, true}, {"about", R::Text}, {"table", R::Table, true}} + parts;
}

const std::vector<GrammarKey> callKeys{{"messages", R::Field, true}, {"response", R::Field}, {"text", R::Field}, {"model", R::Field}, {"sent", R::Field},
                                       {"received", R::Field}, {"latency", R::Field}, {"firstToken", R::Field}, {"speed", R::Field}, {"tokensIn", R::Field},
                                       {"tokensOut", R::Field}, {"tokens", R::Field}};

const Grammar plainSource{"a source", source({})};
const Grammar textSource{"a source", source({{"text", R::Field, true}})};
const Grammar partSource{"the parts of a comparison", source({{"title", R::Template, true}, {"text", R::Field, true}})};
const Grammar lastSource{"a source", source({{"text", R::Field, true}, {"speaker", R::Field}})};
const Grammar valueSource{"a source of values", source({{"text", R::Field, true}, {"group", R::Field}})};
const Grammar titleSource{"a source", source({{"title", R::Template}})};
const Grammar givenGrammar{"a condition of an event", {{"in", R::Field, true}, {"pattern", R::Pattern, true}}};
const Grammar eventGrammar{"an event of a transcript",
                           {{"in", R::Field, true}, {"pattern", R::Pattern, true}, {"is", R::Word, true, nullptr, "chapter vote elimination note"}, {"title", R::Text, true},
                            {"given", R::Object, false, &givenGrammar}, {"about", R::Text}}};
const Grammar entriesGrammar{"the entries of a transcript",
                             source({{"speaker", R::Field}, {"text", R::Field, true}, {"name", R::Template}, {"role", R::Field}, {"phase", R::Field}, {"thinking", R::Field},
                                     {"aside", R::Fields}, {"time", R::Field}, {"tokens", R::Field}, {"tokensIn", R::Field}, {"tokensOut", R::Field}, {"latency", R::Field},
                                     {"model", R::Field}, {"scores", R::Fields}, {"format", R::Text}, {"asked", R::Field}, {"askedBy", R::Text},
                                     {"events", R::List, false, &eventGrammar}})};
const Grammar rosterGrammar{"the roster of a transcript", source({{"speaker", R::Field, true}, {"name", R::Field, true}, {"role", R::Field}, {"outcome", R::Field}})};
const Grammar callsGrammar{"the calls of a transcript", source(callKeys)};
const Grammar spansGrammar{"the citations of a transcript",
                           source({{"start", R::Field, true}, {"end", R::Field, true}, {"text", R::Field, true}, {"url", R::Field}, {"verified", R::Field}})};
const Grammar totalsSource{"a source of totals",
                           {{"table", R::Table, true}, {"model", R::Field}, {"tokensIn", R::Field}, {"tokensOut", R::Field}, {"tokens", R::Field}, {"latency", R::Field}, {"time", R::Field}, {"about", R::Text}}};
const Grammar cellsGrammar{"the cells of a matrix",
                           source({{"column", R::Field, true}, {"text", R::Field}, {"score", R::Field}, {"tokens", R::Field}, {"latency", R::Field}})};
const Grammar contestGrammar{"the contest of a leaderboard", {{"time", R::Field, true}, {"winner", R::Field}, {"where", R::Conditions}}};
const Grammar playersGrammar{"the players of a leaderboard", source({{"competitor", R::Field, true}, {"side", R::Field}, {"reward", R::Field}})};
const Grammar storedGrammar{"the stored ratings of a leaderboard",
                            {{"table", R::Table, true}, {"competitor", R::Column, true}, {"mu", R::Column, true}, {"sigma", R::Column, true}, {"updated", R::Column}}};
const Grammar competitorsGrammar{"the competitors of a leaderboard",
                                 {{"table", R::Table, true}, {"label", R::Template, true}, {"groups", R::FieldMap}, {"active", R::Column}}};
const Grammar usageCallsGrammar{"the calls of a leaderboard's usage", source({{"model", R::Field}, {"tokensIn", R::Field}, {"tokensOut", R::Field}, {"tokens", R::Field}, {"time", R::Field}})};
const Grammar usageGrammar{"the usage of a leaderboard", source({{"player", R::Field}, {"tokens", R::Field}, {"latency", R::Field}})};
const Grammar valueGrammar{"a value of a series",
                           {{"field", R::Field, true}, {"until", R::Field}, {"is", R::Text}, {"title", R::Text}, {"min", R::Number}, {"max", R::Number}, {"good", R::Word, false, nullptr, "high low"}}};
const Grammar pointsGrammar{"the points of a series",
                            source({{"time", R::Field}, {"ordinal", R::Field}, {"values", R::List, true, &valueGrammar}, {"by", R::Field}, {"record", R::Field}})};
const Grammar partsGrammar{"the parts of an assembly", source({{"title", R::Field, true}, {"text", R::Field, true}})};
const Grammar placeholderGrammar{"the placeholders of an assembly", {{"pattern", R::Pattern, true}, {"names", R::Reference, true}, {"value", R::Object, false, &valueSource}}};
const Grammar stageGrammar{"a stage", {{"title", R::Text, true}, {"number", R::Number, true}, {"where", R::Conditions, true}}};
const Grammar stagesGrammar{"the stages of an assembly", {{"table", R::Table, true}, {"list", R::List, true, &stageGrammar}}};
const Grammar failedListGrammar{"a list",
                                {{"title", R::Text, true}, {"about", R::Text}, {"table", R::Table, true}, {"where", R::Conditions, true}, {"order", R::Order}, {"last", R::Object, false, &lastSource}}};
const Grammar membersGrammar{"the members of a loop", source({{"ordinal", R::Field, true}, {"text", R::Field, true}, {"speaker", R::Field}})};

const std::map<QString, Grammar> &lenses()
{
    static const std::map<QString, Grammar> all{
        {u"transcript"_s,
         {"a transcript",
          lens({{"chapters", R::Object, false, &titleSource},
                {"entries", R::Object, true, &entriesGrammar, nullptr, "chapters"},
                {"roster", R::Object, false, &rosterGrammar},
                {"calls", R::Object, false, &callsGrammar, nullptr, "entries"},
                {"citations", R::Object, false, &spansGrammar, nullptr, "entries"},
                {"opening", R::Fields},
                {"ending", R::Fields},
                {"sections", R::Pattern}})}},
        {u"call"_s, {"a call", lens(callKeys)}},
        {u"totals"_s, {"totals", lens({{"sources", R::List, true, &totalsSource}})}},
        {u"matrix"_s,
         {"a matrix",
          lens({{"rows", R::Object, true, &titleSource}, {"cells", R::Object, true, &cellsGrammar, nullptr, "rows"}, {"chosen", R::Field}})}},
        {u"leaderboard"_s,
         {"a leaderboard",
          lens({{"contest", R::Object, false, &contestGrammar},
                {"players", R::Object, false, &playersGrammar},
                {"sides", R::Any},
                {"weights", R::Any},
                {"stored", R::Object, false, &storedGrammar},
                {"competitors", R::Object, false, &competitorsGrammar},
                {"usage", R::Object, false, &usageGrammar},
                {"usageCalls", R::Object, false, &usageCallsGrammar, nullptr, "usage"},
                {"usageSql", R::Sql},
                {"sql", R::Sql}})}},
        {u"series"_s, {"a series", lens({{"points", R::Object, true, &pointsGrammar}})}},
        {u"assembly"_s,
         {"an assembly",
          lens({{"parts", R::Object, false, &partsGrammar},
                {"template", R::Field},
                {"separator", R::Text},
                {"placeholders", R::Object, false, &placeholderGrammar},
                {"stages", R::Object, false, &stagesGrammar}})}},
        {u"similarity"_s,
         {"a similarity",
          lens({{"vector", R::Field, true}, {"text", R::Field}, {"model", R::Field}, {"record", R::Field}, {"group", R::Field}, {"speaker", R::Field}, {"time", R::Field},
                {"metric", R::Word, false, nullptr, "cosine l2 inner-product l1"}, {"threshold", R::Number}, {"alternatives", R::Fields}, {"expected", R::Object, false, &plainSource}})}},
        {u"compare"_s, {"a comparison", lens({{"fields", R::Fields, true}, {"with", R::Field}, {"parts", R::Object, false, &partSource}})}},
        {u"failed-first"_s, {"a list of failures", lens({{"lists", R::List, true, &failedListGrammar}})}},
        {u"contradictions"_s,
         {"contradictions",
          lens({{"first", R::Field, true}, {"second", R::Field, true}, {"firstText", R::Field, true}, {"secondText", R::Field, true}, {"statements", R::Fields, true}, {"explanation", R::Field},
                {"suggestion", R::Field}, {"severity", R::Field}, {"resolved", R::Field}, {"acknowledged", R::Field}})}},
        {u"loops"_s,
         {"loops",
          lens({{"first", R::Field, true}, {"last", R::Field, true}, {"members", R::Object, true, &membersGrammar}, {"size", R::Field}, {"repetitions", R::Field}, {"status", R::Field},
                {"description", R::Field}})}},
        {u"citations"_s,
         {"citations",
          lens({{"message", R::Field, true}, {"text", R::Field, true}, {"start", R::Field}, {"end", R::Field}, {"url", R::Field}, {"verified", R::Field}, {"confidence", R::Field}})}},
        {u"library"_s,
         {"a library", lens({{"folder", R::Field}, {"tags", R::Field}, {"text", R::Field, true}, {"usedIn", R::List, false, &titleSource}})}},
    };
    return all;
}

const Grammar parameterGrammar{"a parameter",
                               {{"name", R::Id, true}, {"title", R::Text, true}, {"type", R::Word, false, nullptr, "text integer number boolean key time choice vector"}, {"default", R::Any},
                                {"min", R::Number}, {"max", R::Number}, {"values", R::Any}}};

const Grammar copiedGrammar{"a table that is copied along", {{"table", R::Table, true}, {"link", R::Link, true}, {"set", R::Set}}};

const Grammar stepGrammar{"a step",
                          {{"do", R::Word, true, nullptr, "update delete insert copy sql select"}, {"about", R::Text}, {"table", R::Table}, {"link", R::Link}, {"where", R::Conditions}, {"set", R::Set},
                           {"children", R::List, false, &copiedGrammar}, {"sql", R::Sql}}};

const Grammar ruleGrammar{"a rule",
                          {{"name", R::Id, true}, {"column", R::Column, true}, {"sentence", R::Text, true}, {"min", R::Number}, {"max", R::Number}, {"minLength", R::Number}, {"maxLength", R::Number},
                           {"pattern", R::Pattern}, {"values", R::Any}, {"notBefore", R::Column}, {"differsFrom", R::Column}, {"sameAs", R::Column}, {"when", R::Conditions}}};
const Grammar immutableGrammar{"immutable columns", {{"columns", R::Columns, true}, {"forkVia", R::Column}, {"sentence", R::Text, true}}};
const Grammar orderedGrammar{"an ordered table", {{"by", R::Column, true}, {"within", R::Columns, true}, {"start", R::Number}}};
const Grammar togetherGrammar{"columns set together", {{"when", R::Conditions, true}, {"set", R::Set, true}, {"about", R::Text}}};
const Grammar deactivateGrammar{"a deactivation", {{"set", R::Set, true}, {"about", R::Text}}};
const Grammar onDeleteGrammar{"what happens on delete",
                              {{"table", R::Table, true}, {"link", R::Link, true}, {"does", R::Word, true, nullptr, "cascade set-null restrict leave ask"}, {"about", R::Text}}};

extern const Grammar treeGroup; // it names itself
const Grammar treeGroup{"a group of a tree",
                        {{"id", R::Id, true}, {"title", R::Text}, {"about", R::Text}, {"table", R::Table, true}, {"link", R::Link}, {"via", R::Object, false, &junctionGrammar}, {"selfLink", R::SelfLink},
                         {"selfId", R::Id}, {"where", R::Conditions}, {"order", R::Order}, {"label", R::Template}, {"badges", R::Fields}, {"key", R::Columns}, {"count", R::Boolean}, {"fold", R::Column},
                         {"children", R::List, false, &treeGroup}}};

} // namespace

const GrammarKey *Grammar::key(const QString &name) const
{
    const auto found = std::find_if(keys.begin(), keys.end(), [&](const GrammarKey &key) { return name == QLatin1String(key.name); });
    return found == keys.end() ? nullptr : &*found;
}

QStringList Grammar::names() const
{
    QStringList all;
    for (const GrammarKey &entry : keys)
        all.append(QLatin1String(entry.name));
    return all;
}

const Grammar *lensGrammar(const QString &kind)
{
    const auto found = lenses().find(kind);
    return found == lenses().end() ? nullptr : &found->second;
}

QStringList lensKinds()
{
    QStringList kinds;
    for (const auto &[kind, grammar] : lenses())
        kinds.append(kind);
    return kinds;
}

const Grammar &tableDetailsGrammar()
{
    static const Grammar grammar{"a table",
                                 {{"title", R::Text}, {"singular", R::Text}, {"about", R::Text}, {"optional", R::Boolean}, {"label", R::Template}, {"badges", R::Fields}, {"key", R::Columns},
                                  {"columns", R::Any}, {"rules", R::List, false, &ruleGrammar}, {"immutable", R::Object, false, &immutableGrammar}, {"ordered", R::Object, false, &orderedGrammar},
                                  {"together", R::List, false, &togetherGrammar}, {"deactivate", R::Object, false, &deactivateGrammar}, {"onDelete", R::List, false, &onDeleteGrammar}}};
    return grammar;
}

const Grammar &treeGrammar()
{
    return treeGroup;
}

const Grammar &actionGrammar()
{
    static const Grammar grammar{"an action",
                                 {{"id", R::Id, true}, {"title", R::Text, true}, {"about", R::Text}, {"table", R::Table, true}, {"rows", R::Word, true, nullptr, "selection where all database"},
                                  {"where", R::Conditions}, {"parameters", R::List, false, &parameterGrammar}, {"set", R::Set}, {"steps", R::List, false, &stepGrammar}, {"preview", R::Text, true},
                                  {"confirm", R::Boolean}}};
    return grammar;
}

const Grammar &checkGrammar()
{
    static const Grammar grammar{"a check",
                                 {{"id", R::Id, true}, {"title", R::Text, true}, {"about", R::Text, true}, {"kind", R::Word, true, nullptr, "orphans stuck missing duplicates names rows sql"},
                                  {"table", R::Table, true}, {"severity", R::Word, false, nullptr, "error warning note"}, {"fix", R::Text}, {"where", R::Conditions}, {"link", R::LinkToOwner},
                                  {"references", R::OtherTable}, {"children", R::Object, false, &plainSource}, {"columns", R::Columns}, {"column", R::Column}, {"sql", R::Sql}}};
    return grammar;
}

const Grammar &queryGrammar()
{
    static const Grammar grammar{"a query",
                                 {{"id", R::Id, true}, {"title", R::Text, true}, {"about", R::Text}, {"sql", R::Sql, true}, {"parameters", R::List, false, &parameterGrammar}}};
    return grammar;
}

const QStringList &columnMeanings()
{
    static const QStringList all{u""_s, u"text"_s, u"markdown"_s, u"json"_s, u"chat-messages"_s, u"openai-response"_s, u"template"_s, u"utc-text"_s, u"zoned-time"_s, u"epoch-s"_s, u"epoch-ms"_s,
                                 u"boolean"_s, u"enum"_s, u"score-100"_s, u"score-1"_s, u"tokens"_s, u"duration-ms"_s, u"duration-s"_s, u"tokens-per-second"_s, u"vector"_s, u"secret"_s, u"url"_s,
                                 u"uuid"_s, u"tags"_s, u"folder"_s, u"file"_s, u"model-name"_s, u"regex"_s, u"ordinal"_s, u"hash"_s};
    return all;
}

namespace {

/// Changes, omissions, insertions and swapped neighbours between two words, without regard to case.
int distanceBetween(const QString &a, const QString &b)
{
    const auto width = static_cast<std::size_t>(b.size()) + 1;
    std::vector<int> beforeLast(width);
    std::vector<int> last(width);
    std::vector<int> row(width);
    for (std::size_t j = 0; j < width; ++j)
        last[j] = static_cast<int>(j);
    for (qsizetype i = 1; i <= a.size(); ++i) {
        row[0] = static_cast<int>(i);
        for (qsizetype j = 1; j <= b.size(); ++j) {
            const auto k = static_cast<std::size_t>(j);
            const bool same = a[i - 1] == b[j - 1];
            row[k] = std::min({last[k] + 1, row[k - 1] + 1, last[k - 1] + (same ? 0 : 1)});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[k] = std::min(row[k], beforeLast[k - 2] + 1);
        }
        std::swap(beforeLast, last);
        std::swap(last, row);
    }
    return last.back();
}

} // namespace

QString nearestWord(const QString &word, const QStringList &candidates)
{
    const QString wanted = word.toLower();
    QString best;
    // A common first letter breaks ties.
    int bestScore = 2 * std::max(2, static_cast<int>(word.size() + 1) / 3) + 1;
    for (const QString &candidate : candidates) {
        const QString known = candidate.toLower();
        if (known.isEmpty() || wanted.isEmpty())
            continue;
        const bool prefix = wanted.size() >= 3 && (known.startsWith(wanted) || wanted.startsWith(known));
        const int score = 2 * (prefix ? 1 : distanceBetween(wanted, known)) + (known[0] == wanted[0] ? 0 : 1);
        if (score < bestScore) {
            bestScore = score;
            best = candidate;
        }
    }
    return best;
}

} // namespace turnstone
