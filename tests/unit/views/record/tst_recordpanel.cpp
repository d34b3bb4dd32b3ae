// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/catalog/catalogreader.h"
#include "models/core/async.h"
#include "models/items/celltext.h"
#include "models/items/tablerowmodel.h"
#include "models/profiles/derivedprofile.h"
#include "tests/support/testdatabase.h"
#include "tests/support/testfiles.h"
#include "views/record/hexview.h"
#include "views/record/recordpanel.h"
#include "views/record/vectorview.h"
#include "views/widgets/theme.h"

#include <QBuffer>
#include <QClipboard>
#include <QGuiApplication>
#include <QImage>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QTabBar>
#include <QTableView>
#include <QTcpServer>
#include <QTemporaryDir>
#include <QTest>
#include <QTextBrowser>
#include <QThreadPool>
#include <QToolButton>
#include <QTreeWidget>

using namespace turnstone;
using namespace Qt::StringLiterals;

class tst_RecordPanel : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase();
    void init();
    void cleanup() { m_panel.reset(); }
    void withoutARecordThereIsASentence();
    void fieldsTellNullFromEmpty();
    void aSecretWaitsUntilItIsAskedFor();
    void relatedRecordsAreListedAndFollowed();
    void aReferenceIsFollowedFromItsField();
    void markdownLoadsNothing();
    void valuesHaveTheFormThatSuitsThem();
    void aLongTextIsReadInParts();
    void wordsAreFoundInATextOfManyParts();
    void wordsAreFoundInAJsonTree();
    void numbersOfAVectorAreListedAndCopied();
    void bytesAreMarkedAndCopied();
    void aTableOutsideTheRecognisedSchemaHasItsOwnRelations();

private:
    void type(const QString &words)
    {
        auto *field = child<QLineEdit>(u"findField"_s);
        field->clear();
        QTest::keyClicks(field, words);
    }
    void show(const QString &table, qint64 key)
    {
        bool isShown = false;
        const CatalogTable *of = m_context.catalog->table(table);
        onResult(readRecord(*m_pool, *of, {Value::integer(key)}, {}), this, [&](const Result<Record> &record) {
            m_panel->showRecord(m_context, *of, *record);
            isShown = true;
        });
        QTRY_VERIFY(isShown);
    }
    template<typename Widget>
    Widget *child(const QString &name) const
    {
        return m_panel->findChild<Widget *>(name);
    }
    QTreeWidgetItem *field(const QString &name) const
    {
        return child<QTreeWidget>(u"recordFields"_s)->findItems(name, Qt::MatchExactly).value(0);
    }
    void choose(const QString &name) { child<QTreeWidget>(u"recordFields"_s)->setCurrentItem(field(name)); }
    QStringList pages() const
    {
        QStringList names;
        const auto *tabs = child<QTabBar>(u"valuePages"_s);
        for (int i = 0; i < tabs->count(); ++i)
            names.append(tabs->tabData(i).toString());
        return names;
    }

    QTemporaryDir m_folder;
    QTcpServer m_server;
    std::unique_ptr<SessionPool> m_pool;
    DatabaseContext m_context;
    QThreadPool m_workers;
    std::unique_ptr<RecordPanel> m_panel;
};

void tst_RecordPanel::initTestCase()
{
    QVERIFY(m_server.listen(QHostAddress::LocalHost));
    QImage image(3, 2, QImage::Format_RGB32);
    image.fill(Qt::red);
    QBuffer png;
    image.save(&png, "PNG");
    const QString path = m_folder.filePath(u"r.db"_s);
    QCOMPARE(executeSql(path, u"CREATE TABLE agents(id INTEGER PRIMARY KEY, alias TEXT, api_key TEXT);"
                              "CREATE TABLE notes(id INTEGER PRIMARY KEY, agent_id INTEGER REFERENCES agents(id), body TEXT, empty TEXT, missing TEXT,"
                              " bad TEXT, picture BLOB, drawing TEXT, vector TEXT);"
                              "CREATE TABLE texts(id INTEGER PRIMARY KEY, long TEXT, json TEXT, numbers TEXT, bytes BLOB);"
                              "INSERT INTO texts SELECT 1, replace(hex(zeroblob(1250000)), '00', 'ab') || 'Needle' || replace(hex(zeroblob(500000)), '00', 'cd') || ' needle',"
                              " '{\"a\":[' || substr(replace(hex(zeroblob(2000)), '00', '7,'), 1, 3999) || ',{\"Needle\":null}],\"b\":\"a needle\"}',"
                              " '[0.5, 0.25, -1]', x'48692000ff41';"
                              "INSERT INTO agents VALUES (1, 'Zed', 'sk-secret'), (2, 'Ann', NULL);"
                              "INSERT INTO notes VALUES (1, 1, '# Title' || char(10) || '![pic](http://127.0.0.1:%1/x.png) ![file](file:///etc/hostname) <img src=\"http://127.0.0.1:%1/y\">',"
                              " '', NULL, CAST(x'ff00fe' AS TEXT), x'%2', '<svg xmlns=\"http://www.w3.org/2000/svg\"/>', '[3, 0, -4]');"_s.arg(m_server.serverPort())
                            .arg(QString::fromLatin1(png.data().toHex()))),
             QString());
    const Result<DatabaseUrl> url = DatabaseUrl::parse(path);
    const auto connection = Connection::open(*url);
    QVERIFY(connection);
    m_pool = std::make_unique<SessionPool>(*url, ConnectionOptions());
    const Catalog catalog = *readCatalog(**connection);
    ResolvedProfile profile = deriveProfile(catalog);
    for (TableProfile &table : profile.tables) {
        for (const auto &[name, meaning] : {std::pair(u"api_key"_s, u"secret"_s), std::pair(u"body"_s, u"markdown"_s), std::pair(u"vector"_s, u"vector"_s), std::pair(u"numbers"_s, u"vector"_s)}) {
            std::erase_if(table.columns, [&name = name](const ColumnProfile &column) { return column.name == name; });
            ColumnProfile column;
            column.name = name;
            column.meaning = meaning;
            table.columns.push_back(column);
        }
    }
    m_context = {1, m_pool.get(), std::make_shared<Catalog>(catalog), std::make_shared<ResolvedProfile>(profile)};
}

void tst_RecordPanel::init()
{
    m_panel = std::make_unique<RecordPanel>(m_workers);
    m_panel->resize(420, 700);
    m_panel->show();
}

void tst_RecordPanel::withoutARecordThereIsASentence()
{
    const auto *sentence = child<QLabel>(u"emptySentence"_s);
    auto *fields = child<QTreeWidget>(u"recordFields"_s);
    QVERIFY(sentence->isVisible());
    QVERIFY(!fields->isVisible());
    show(u"agents"_s, 1);
    QTRY_VERIFY(!sentence->isVisible() && fields->isVisible());
    // What is related follows the last field.
    auto *related = child<QTreeWidget>(u"relatedRecords"_s);
    QTRY_VERIFY(related->isVisible());
    QTRY_VERIFY(fields->height() <= fields->topLevelItemCount() * fields->sizeHintForRow(0) + 2);
    m_panel->clear();
    QVERIFY(sentence->isVisible());
    // Who works in the fields keeps the place.
    show(u"agents"_s, 1);
    QTRY_VERIFY(fields->isVisible());
    fields->setFocus();
    m_panel->activateWindow();
    QTRY_VERIFY(fields->hasFocus());
    m_panel->clear();
    QVERIFY(fields->isVisible());
}

void tst_RecordPanel::fieldsTellNullFromEmpty()
{
    show(u"notes"_s, 1);
    const auto kind = [this](const QString &name) { return field(name)->data(1, TableRowModel::KindRole).value<CellKind>(); };
    QCOMPARE(kind(u"empty"_s), CellKind::Empty);
    QCOMPARE(kind(u"missing"_s), CellKind::Null);
    QCOMPARE(kind(u"bad"_s), CellKind::Undecodable);
    QCOMPARE(kind(u"picture"_s), CellKind::Bytes);
    QVERIFY(field(u"agent_id"_s)->data(1, TableRowModel::LinkRole).toBool());
}

void tst_RecordPanel::aSecretWaitsUntilItIsAskedFor()
{
    show(u"agents"_s, 1);
    QVERIFY(!field(u"api_key"_s)->text(1).contains(u"sk"_s));
    choose(u"api_key"_s);
    auto *reveal = child<QPushButton>(u"showSecret"_s);
    QTRY_VERIFY(reveal->isVisible());
    QVERIFY(!child<QToolButton>(u"valueCopy"_s)->isVisible());
    QVERIFY(child<QPlainTextEdit>(u"valueText"_s)->toPlainText().isEmpty());
    reveal->click();
    QTRY_COMPARE(child<QPlainTextEdit>(u"valueText"_s)->toPlainText(), u"sk-secret"_s);
    choose(u"alias"_s);
    QTRY_COMPARE(child<QPlainTextEdit>(u"valueText"_s)->toPlainText(), u"Zed"_s);
    choose(u"api_key"_s); // asked for once is not asked for ever
    QVERIFY(reveal->isVisible());
}

void tst_RecordPanel::relatedRecordsAreListedAndFollowed()
{
    show(u"agents"_s, 1);
    auto *related = child<QTreeWidget>(u"relatedRecords"_s);
    QTRY_COMPARE(related->topLevelItemCount(), 1);
    QCOMPARE(related->topLevelItem(0)->text(1), u"1"_s);
    QSignalSpy requested(m_panel.get(), &RecordPanel::placeRequested);
    emit related->itemActivated(related->topLevelItem(0), 0);
    QCOMPARE(requested.count(), 1);
    const auto place = requested[0][1].value<TablePlace>();
    QCOMPARE(place.table, u"notes"_s);
    QCOMPARE(place.selection.filters, (std::vector<RowFilter>{{u"agent_id"_s, FilterOperator::Equals, {Value::integer(1)}, false}}));
    show(u"agents"_s, 2);
    QTRY_COMPARE(related->topLevelItem(0)->text(1), u"0"_s);
    emit related->itemActivated(related->topLevelItem(0), 0); // nobody is there
    QCOMPARE(requested.count(), 1);
}

void tst_RecordPanel::aReferenceIsFollowedFromItsField()
{
    show(u"notes"_s, 1);
    QSignalSpy requested(m_panel.get(), &RecordPanel::placeRequested);
    emit child<QTreeWidget>(u"recordFields"_s)->itemActivated(field(u"agent_id"_s), 1);
    QCOMPARE(requested.count(), 1);
    QCOMPARE(requested[0][1].value<TablePlace>().table, u"agents"_s);
    emit child<QTreeWidget>(u"recordFields"_s)->itemActivated(field(u"body"_s), 1);
    QCOMPARE(requested.count(), 1);
}

void tst_RecordPanel::markdownLoadsNothing()
{
    show(u"notes"_s, 1);
    choose(u"body"_s);
    QTRY_VERIFY(child<QTextBrowser>(u"valueMarkdown"_s) != nullptr); // it is made for the first value that needs it
    auto *browser = child<QTextBrowser>(u"valueMarkdown"_s);
    QTRY_VERIFY(browser->isVisible());
    QVERIFY(browser->toPlainText().contains(u"Title"_s));
    (void)m_panel->grab(); // it is drawn
    QVERIFY(!browser->loadResource(QTextDocument::ImageResource, QUrl(u"file:///etc/hostname"_s)).isValid());
    QVERIFY(!m_server.hasPendingConnections());
}

void tst_RecordPanel::valuesHaveTheFormThatSuitsThem()
{
    show(u"notes"_s, 1);
    choose(u"picture"_s);
    QTRY_COMPARE(pages(), (QStringList{u"image"_s, u"hex"_s}));
    QCOMPARE(child<QLabel>(u"valueImage"_s)->pixmap().size(), QSize(3, 2));
    choose(u"drawing"_s); // could refer to something else
    QTRY_COMPARE(pages(), (QStringList{u"text"_s, u"hex"_s}));
    choose(u"vector"_s);
    QTRY_COMPARE(pages().value(0), u"vector"_s);
    QVERIFY(child<QLabel>(u"valueAbout"_s)->text().contains(u"norm 5"_s));
    choose(u"bad"_s);
    QTRY_COMPARE(pages(), QStringList{u"hex"_s});
    child<QToolButton>(u"valueCopy"_s)->click();
    QCOMPARE(QGuiApplication::clipboard()->text(), u"x'ff00fe'"_s);
    choose(u"missing"_s);
    QTRY_VERIFY(pages().isEmpty());
    QVERIFY(!child<QToolButton>(u"valueCopy"_s)->isVisible());
}

void tst_RecordPanel::aLongTextIsReadInParts()
{
    show(u"texts"_s, 1);
    choose(u"long"_s);
    auto *text = child<QPlainTextEdit>(u"valueText"_s);
    auto *parts = child<QWidget>(u"valueParts"_s);
    QTRY_VERIFY(parts->isVisible());
    QVERIFY(child<QLabel>(u"valuePart"_s)->text().startsWith(u"Part 1 of 4"_s)); // 3.5 MB
    QVERIFY(text->toPlainText().startsWith(u"abab"_s));
    auto *next = child<QToolButton>(u"nextPart"_s);
    auto *before = child<QToolButton>(u"previousPart"_s);
    QVERIFY(!before->isEnabled());
    for (int part = 2; part <= 4; ++part) {
        next->click();
        QTRY_VERIFY(child<QLabel>(u"valuePart"_s)->text().startsWith(u"Part %1 of"_s.arg(part)));
    }
    QVERIFY(text->toPlainText().endsWith(u"cd needle"_s));
    QVERIFY(!next->isEnabled());
    before->click();
    QTRY_VERIFY(text->toPlainText().contains(u"Needle"_s));
    choose(u"json"_s); // a shorter one has no parts
    QTRY_VERIFY(!parts->isVisible());
}

void tst_RecordPanel::wordsAreFoundInATextOfManyParts()
{
    show(u"texts"_s, 1);
    choose(u"long"_s);
    auto *text = child<QPlainTextEdit>(u"valueText"_s);
    QTRY_VERIFY(child<QWidget>(u"valueParts"_s)->isVisible());
    text->setFocus();
    QTest::keyClick(text, Qt::Key_F, Qt::ControlModifier);
    QVERIFY(child<QWidget>(u"findBar"_s)->isVisible());
    type(u"needle"_s);
    auto *count = child<QLabel>(u"findCount"_s);
    QTRY_COMPARE(count->text(), u"1 of 2"_s);
    QTRY_VERIFY(!text->extraSelections().isEmpty()); // its part came
    QVERIFY(child<QLabel>(u"valuePart"_s)->text().startsWith(u"Part 3 of"_s));
    QCOMPARE(text->extraSelections().front().cursor.selectedText(), u"Needle"_s);
    QTest::keyClick(child<QLineEdit>(u"findField"_s), Qt::Key_Return);
    QCOMPARE(count->text(), u"2 of 2"_s);
    QTRY_VERIFY(child<QLabel>(u"valuePart"_s)->text().startsWith(u"Part 4 of"_s));
    QTRY_COMPARE(text->extraSelections().value(0).cursor.selectedText(), u"needle"_s);
    QTest::keyClick(child<QLineEdit>(u"findField"_s), Qt::Key_Return); // and round
    QCOMPARE(count->text(), u"1 of 2"_s);
    type(u"pebble"_s);
    QTRY_COMPARE(count->text(), u"not there"_s);
    QTest::keyClick(child<QLineEdit>(u"findField"_s), Qt::Key_Escape);
    QVERIFY(!child<QWidget>(u"findBar"_s)->isVisible());
    QVERIFY(text->extraSelections().isEmpty());
}

void tst_RecordPanel::wordsAreFoundInAJsonTree()
{
    show(u"texts"_s, 1);
    choose(u"json"_s);
    auto *tree = child<QTreeView>(u"valueJson"_s);
    QTRY_VERIFY(tree->isVisible());
    QTest::keyClick(tree, Qt::Key_F, Qt::ControlModifier);
    type(u"needle"_s);
    auto *count = child<QLabel>(u"findCount"_s);
    QTRY_COMPARE(count->text(), u"1 of 2"_s);
    QCOMPARE(tree->currentIndex().data().toString(), u"Needle"_s); // behind 2,000 others
    QVERIFY(tree->visualRect(tree->currentIndex()).isValid());
    child<QToolButton>(u"findNext"_s)->click();
    QCOMPARE(tree->currentIndex().data().toString(), u"b"_s);
    child<QToolButton>(u"findClose"_s)->click();
}

void tst_RecordPanel::numbersOfAVectorAreListedAndCopied()
{
    show(u"texts"_s, 1);
    choose(u"numbers"_s);
    QTRY_VERIFY(child<QTableView>(u"vectorValues"_s) != nullptr);
    auto *list = child<QTableView>(u"vectorValues"_s);
    QTRY_VERIFY(list->isVisible());
    QCOMPARE(list->model()->rowCount(), 3);
    QCOMPARE(list->model()->index(2, 1).data().toString(), u"-1"_s);
    list->selectAll();
    QCOMPARE(child<VectorView>(u"valueVector"_s)->copiedText(), u"0.5\n0.25\n-1"_s);
}

void tst_RecordPanel::bytesAreMarkedAndCopied()
{
    show(u"texts"_s, 1);
    choose(u"bytes"_s);
    QTRY_VERIFY(child<HexView>(u"valueHex"_s) != nullptr);
    auto *hex = child<HexView>(u"valueHex"_s);
    QTRY_VERIFY(hex->isVisible());
    QCOMPARE(hex->markedBytes(), QByteArray::fromHex("48692000ff41"));
    QTest::keyClick(hex, Qt::Key_Home, Qt::ControlModifier);
    QTest::keyClick(hex, Qt::Key_Right, Qt::ShiftModifier);
    QCOMPARE(hex->markedBytes(), QByteArray("Hi"));
    QTest::keySequence(hex, QKeySequence::Copy);
    QCOMPARE(QGuiApplication::clipboard()->text(), u"48 69"_s);
    QCOMPARE(hex->copiedText(HexView::CopyForm::Text), u"Hi"_s);
    QCOMPARE(hex->copiedText(HexView::CopyForm::Lines), u"00000000  48 69                                             Hi              "_s);
    QTest::keyClick(hex, Qt::Key_End, Qt::ControlModifier);
    QCOMPARE(hex->markedBytes(), QByteArray("A"));
    // By mouse: from the first byte to the third.
    const int advance = QFontMetrics(hex->font()).horizontalAdvance(u'0');
    const QPoint first(metrics::space3 + 10 * advance + 2, metrics::space1 + 4);
    QTest::mousePress(hex->viewport(), Qt::LeftButton, {}, first);
    QTest::mouseRelease(hex->viewport(), Qt::LeftButton, {}, first);
    QTest::mousePress(hex->viewport(), Qt::LeftButton, Qt::ShiftModifier, first + QPoint(6 * advance, 0));
    QCOMPARE(hex->markedBytes(), QByteArray("Hi "));
}

void tst_RecordPanel::aTableOutsideTheRecognisedSchemaHasItsOwnRelations()
{
    const TestDatabase database;
    REQUIRE_DATABASE(database);
    QCOMPARE(database.execute(u"CREATE TABLE agents(id int PRIMARY KEY, alias text); INSERT INTO agents VALUES (1, 'Zed');"
                               "CREATE TABLE games(id int PRIMARY KEY, agent_id int REFERENCES agents(id)); INSERT INTO games VALUES (7, 1);"
                               "CREATE SCHEMA other;"
                               "CREATE TABLE other.agents(id int PRIMARY KEY, name text); INSERT INTO other.agents VALUES (1, 'Ann');"
                               "CREATE TABLE other.letters(id int PRIMARY KEY, agent_id int REFERENCES other.agents(id), title text);"
                               "INSERT INTO other.letters VALUES (5, 1, 'Dear all'), (6, 1, 'Again');"_s),
             QString());
    const Result<DatabaseUrl> url = DatabaseUrl::parse(database.url());
    const auto connection = Connection::open(*url);
    QVERIFY(connection);
    const auto catalog = std::make_shared<const Catalog>(*readCatalog(**connection));
    SessionPool pool(*url);
    const DatabaseContext context{2, &pool, catalog, std::make_shared<const ResolvedProfile>(deriveProfile(*catalog, u"public"_s))};
    const auto showIn = [&](const QString &schema, const QString &table, const char *key) {
        const CatalogTable *of = catalog->table(table, schema);
        bool isShown = false;
        onResult(readRecord(pool, *of, {Value::text(QByteArray(key))}, {}), this, [&, of](const Result<Record> &record) {
            m_panel->showRecord(context, *of, *record);
            isShown = true;
        });
        QTRY_VERIFY(isShown);
    };
    const auto *title = child<QLabel>(u"recordTitle"_s);
    const auto *related = child<QTreeWidget>(u"relatedRecords"_s);
    showIn(u"other"_s, u"letters"_s, "5");
    QTRY_VERIFY(title->toolTip().endsWith(u"Dear all"_s));
    QTRY_COMPARE(related->topLevelItemCount(), 1);
    QVERIFY2(related->topLevelItem(0)->text(0).endsWith(u"Ann"_s), qPrintable(related->topLevelItem(0)->text(0)));
    // Another table of a name that the profile knows.
    showIn(u"other"_s, u"agents"_s, "1");
    QTRY_VERIFY(title->toolTip().endsWith(u"Ann"_s));
    QTRY_COMPARE(related->topLevelItem(0)->text(1), u"2"_s);
    QCOMPARE(related->topLevelItemCount(), 1);
    showIn(u"public"_s, u"agents"_s, "1");
    QTRY_VERIFY(title->toolTip().endsWith(u"Zed"_s));
    QTRY_COMPARE(related->topLevelItem(0)->text(1), u"1"_s);
    m_panel->clear(); // the pool goes
}

QTEST_MAIN(tst_RecordPanel)
#include "tst_recordpanel.moc"
