// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/browsing/columnmeaning.h"

#include <QTest>

using namespace turnstone;
using namespace Qt::StringLiterals;

class tst_ColumnMeaning : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase() { qputenv("TZ", "Asia/Kolkata"); } // five and a half hours ahead
    void timesAreShownInOneZone();
    void durationsAndFigures();
    void wordsAndTones();
    void aSecretIsNeverShown();
    void referencesAreFound();

private:
    static ColumnProfile column(const QString &meaning)
    {
        ColumnProfile profile;
        profile.name = u"c"_s;
        profile.meaning = meaning;
        return profile;
    }
    static std::optional<CellLook> look(const QString &meaning, const Value &value, ShownZone zone = ShownZone::Utc)
    {
        return readerOf(column(meaning), zone)(value.ref(), true);
    }
};

void tst_ColumnMeaning::timesAreShownInOneZone()
{
    const Value text = Value::text(u"2025-10-21 23:14:00.123456"_s);
    QCOMPARE(look(u"utc-text"_s, text)->text, u"2025-10-21 23:14:00"_s);
    QVERIFY(look(u"utc-text"_s, text)->detail.contains(u"2025-10-21 23:14:00.123456"_s));
    QCOMPARE(look(u"utc-text"_s, text, ShownZone::Local)->text, u"2025-10-22 04:44:00"_s);
    QCOMPARE(look(u"zoned-time"_s, Value::text(u"2025-10-21 23:14:00+02"_s))->text, u"2025-10-21 21:14:00"_s);
    QCOMPARE(look(u"epoch-s"_s, Value::integer(0))->text, u"1970-01-01 00:00:00"_s);
    QCOMPARE(look(u"epoch-ms"_s, Value::integer(-1))->text, u"1969-12-31 23:59:59"_s);
    QCOMPARE(look(u"epoch-s"_s, Value::text(u"86400"_s))->text, u"1970-01-02 00:00:00"_s); // as PostgreSQL delivers it
    // What is no time stays as it is stored.
    QVERIFY(!look(u"utc-text"_s, Value::text(u"tomorrow"_s)));
    QVERIFY(!look(u"epoch-s"_s, Value::integer(std::numeric_limits<qint64>::max())));
}

void tst_ColumnMeaning::durationsAndFigures()
{
    QCOMPARE(look(u"duration-ms"_s, Value::integer(840))->text, u"840 ms"_s);
    QCOMPARE(look(u"duration-ms"_s, Value::integer(200'000))->text, u"3 min 20 s"_s);
    QCOMPARE(look(u"duration-s"_s, Value::real(7'500))->text, u"2 h 5 min"_s);
    QVERIFY(!look(u"duration-ms"_s, Value::integer(-5)));
    QCOMPARE(look(u"score-100"_s, Value::real(91.01))->fraction, 0.9101);
    QCOMPARE(look(u"score-100"_s, Value::real(91.01))->text, u"91.01"_s);
    QCOMPARE(look(u"score-1"_s, Value::integer(7))->fraction, 1.0);
    QCOMPARE(look(u"tokens"_s, Value::integer(1'234'567))->text, QLocale().toString(1'234'567));
    QVERIFY(!look(u"tokens"_s, Value::text(u"many"_s)));
    QCOMPARE(look(u"boolean"_s, Value::integer(1))->text, u"✓"_s);
    QVERIFY(!look(u"boolean"_s, Value::integer(2))); // what is stored is no boolean
}

void tst_ColumnMeaning::wordsAndTones()
{
    ColumnProfile status = column(u"enum"_s);
    status.values = {{u"failed"_s, u"ended badly"_s}};
    status.tones = {{u"failed"_s, u"bad"_s}};
    const CellReader reader = readerOf(status, ShownZone::Utc);
    QCOMPARE(reader(Value::text(u"failed"_s).ref(), true)->text, u"failed"_s); // what is stored stands in the cell
    QCOMPARE(reader(Value::text(u"failed"_s).ref(), true)->tone, u"bad"_s);
    QCOMPARE(reader(Value::text(u"failed"_s).ref(), true)->detail, u"ended badly"_s);
    QVERIFY(!reader(Value::text(u"other"_s).ref(), true));
    QVERIFY(!reader(ValueRef(), true));
    QVERIFY(readerOf(column({}), ShownZone::Utc) == nullptr);
}

void tst_ColumnMeaning::aSecretIsNeverShown()
{
    const CellLook secret = *look(u"secret"_s, Value::text(u"sk-123"_s));
    QVERIFY(!secret.text.contains(u"sk-"_s) && !secret.detail.contains(u"sk-"_s));
}

void tst_ColumnMeaning::referencesAreFound()
{
    Catalog catalog;
    CatalogTable games;
    games.name = u"games"_s;
    games.schema = u"main"_s;
    const auto named = [](const QString &name) {
        CatalogColumn made;
        made.name = name;
        return made;
    };
    games.columns = {named(u"id"_s)};
    CatalogTable turns = games;
    turns.name = u"turns"_s;
    turns.columns = {named(u"id"_s), named(u"game_id"_s), named(u"player"_s)};
    CatalogForeignKey key;
    key.columns = {u"game_id"_s};
    key.referencedSchema = u"main"_s;
    key.referencedTable = u"games"_s;
    key.referencedColumns = {u"id"_s};
    turns.foreignKeys = {key};
    catalog.schemas = {u"main"_s};
    catalog.tables = {games, turns};
    catalog.indexTables();
    ResolvedProfile profile;
    TableProfile known;
    known.name = u"turns"_s;
    ColumnProfile player = column({});
    player.name = u"player"_s;
    player.referencedTable = u"games"_s;
    player.referencedColumn = u"id"_s;
    known.columns = {player};
    profile.tables = {known};
    QCOMPARE(referenceOf(turns, u"game_id"_s, catalog, profile).table, u"games"_s);
    QCOMPARE(referenceOf(turns, u"player"_s, catalog, profile).column, u"id"_s);
    QVERIFY(referenceOf(turns, u"id"_s, catalog, profile).isEmpty());
    // A table of the same name elsewhere is another table.
    profile.schema = u"arena"_s;
    QVERIFY(referenceOf(turns, u"player"_s, catalog, profile).isEmpty());
}

QTEST_GUILESS_MAIN(tst_ColumnMeaning)
#include "tst_columnmeaning.moc"
