// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/browsing/hierarchybadge.h"

#include <QLocale>
#include <QTest>

using namespace turnstone;
using namespace Qt::StringLiterals;

namespace {

ColumnProfile column(const QString &name, const QString &meaning, std::vector<std::pair<QString, QString>> tones = {}, std::vector<std::pair<QString, QString>> values = {})
{
    ColumnProfile made;
    made.name = name;
    made.meaning = meaning;
    made.tones = std::move(tones);
    made.values = std::move(values);
    return made;
}

} // namespace

class TestHierarchyBadge : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase() { QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates)); }
    void aValueIsSaidInTheProfilesWords_data();
    void aValueIsSaidInTheProfilesWords();
    void whatTheLabelSaysIsNotSaidAgain();
    void aNumberIsNeverCut();
};

void TestHierarchyBadge::aValueIsSaidInTheProfilesWords_data()
{
    QTest::addColumn<QString>("field");
    QTest::addColumn<Value>("value");
    QTest::addColumn<QString>("text"); // empty: no badge
    QTest::addColumn<int>("tone");
    const auto row = [](const char *name, const QString &field, const Value &value, const QString &text, BadgeTone tone = BadgeTone::Neutral) {
        QTest::newRow(name) << field << value << text << static_cast<int>(tone);
    };
    row("a tone", u"status"_s, Value::text(u"failed"_s), u"failed"_s, BadgeTone::Bad);
    row("words", u"status"_s, Value::text(u"ok"_s), u"all well"_s, BadgeTone::Good);
    row("neither", u"status"_s, Value::text(u"odd"_s), u"odd"_s);
    row("NULL", u"status"_s, Value::null(), {});
    row("empty", u"status"_s, Value::text(u"  "_s), {});
    row("true", u"is_active"_s, Value::integer(1), u"active"_s);
    row("true on PostgreSQL", u"is_active"_s, Value::text(u"t"_s), u"active"_s);
    row("false", u"is_active"_s, Value::integer(0), {});
    row("true with a tone", u"has_loops"_s, Value::text(u"t"_s), u"loops"_s, BadgeTone::Bad);
    row("false with a tone", u"agreed"_s, Value::text(u"f"_s), u"agreed: no"_s, BadgeTone::Warn);
    row("tokens", u"used"_s, Value::integer(1234), u"1,234 tokens"_s);
    row("milliseconds", u"took"_s, Value::integer(90), u"90 ms"_s);
    row("a number", u"llm_port"_s, Value::integer(5001), u"llm port 5001"_s);
    row("a rounded number", u"mu"_s, Value::real(27.4567), u"mu 27.5"_s);
    row("a number in text", u"score"_s, Value::text(u"0.875"_s), u"score 0.875"_s);
    row("a score", u"health_score"_s, Value::real(86.84), u"health 86.8"_s);
    row("of a JSON part", u"metadata.duration_ms"_s, Value::integer(12), u"12 ms"_s);
    row("of another table", u"persona_id→personas.mood"_s, Value::text(u"sad"_s), u"sad"_s, BadgeTone::Warn);
}

void TestHierarchyBadge::aValueIsSaidInTheProfilesWords()
{
    QFETCH(const QString, field);
    QFETCH(const Value, value);
    QFETCH(const QString, text);
    QFETCH(const int, tone);
    ResolvedProfile profile;
    TableProfile things;
    things.name = u"things"_s;
    things.columns = {column(u"status"_s, u"enum"_s, {{u"failed"_s, u"bad"_s}, {u"ok"_s, u"good"_s}}, {{u"ok"_s, u"all well"_s}}), column(u"is_active"_s, u"boolean"_s),
                      column(u"has_loops"_s, u"boolean"_s, {{u"true"_s, u"bad"_s}, {u"1"_s, u"bad"_s}}), column(u"agreed"_s, u"boolean"_s, {{u"0"_s, u"warn"_s}}), column(u"used"_s, u"tokens"_s),
                      column(u"took"_s, u"duration-ms"_s)};
    TableProfile personas;
    personas.name = u"personas"_s;
    personas.columns = {column(u"mood"_s, {}, {{u"sad"_s, u"warn"_s}})};
    profile.tables = {things, personas};
    Catalog catalog;
    CatalogTable table;
    table.name = u"things"_s;
    table.schema = u"main"_s;
    CatalogColumn score;
    score.name = u"score"_s;
    score.type = u"numeric(5,3)"_s;
    table.columns = {score};
    catalog.schemas = {u"main"_s};
    catalog.tables = {table};
    TreeNode node;
    node.label = u"Thing"_s;
    node.table = u"things"_s;
    node.badges = {{field, value}};
    const std::vector<HierarchyBadge> made = badgesOf(node, catalog, profile);
    if (text.isEmpty()) {
        QVERIFY(made.empty());
        return;
    }
    QCOMPARE(made.size(), std::size_t(1));
    QCOMPARE(made[0].text, text);
    QCOMPARE(static_cast<int>(made[0].tone), tone);
}

void TestHierarchyBadge::whatTheLabelSaysIsNotSaidAgain()
{
    TreeNode node;
    node.label = u"Round 1 · position"_s;
    node.badges = {{u"round_type"_s, Value::text(u"position"_s)}, {u"model"_s, Value::text(u"pos"_s)}};
    const std::vector<HierarchyBadge> made = badgesOf(node, {}, {});
    QCOMPARE(made.size(), std::size_t(1));
    QCOMPARE(made[0].text, u"pos"_s);
}

void TestHierarchyBadge::aNumberIsNeverCut()
{
    TreeNode node;
    node.badges = {{u"a_rather_long_name_of_a_column"_s, Value::integer(9007199254740993)}, {u"text"_s, Value::text(u"words and words and words and words"_s)}};
    const std::vector<HierarchyBadge> made = badgesOf(node, {}, {});
    QVERIFY2(made[0].text.endsWith(u" 9007199254740993"_s), qPrintable(made[0].text));
    QVERIFY(made[0].text.size() <= 28);
    QVERIFY(made[1].text.endsWith(u'…') && made[1].text.size() <= 28);
}

QTEST_GUILESS_MAIN(TestHierarchyBadge)
#include "tst_hierarchybadge.moc"
