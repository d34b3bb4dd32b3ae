// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/catalog/catalogreader.h"
#include "models/connections/memorysecretstore.h"
#include "models/edit/editsession.h"
#include "models/profiles/derivedprofile.h"
#include "tests/support/testfiles.h"
#include "tests/support/testpaths.h"
#include "views/panels/tasks.h"
#include "views/transfer/backupdialog.h"
#include "views/transfer/convertdialog.h"
#include "views/transfer/exportdialog.h"
#include "views/transfer/importdialog.h"
#include "views/widgets/messagebar.h"

#include <QComboBox>
#include <QDir>
#include <QFile>
#include <QInputDialog>
#include <QLineEdit>
#include <QListWidget>
#include <QMessageBox>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSettings>
#include <QSignalSpy>
#include <QSpinBox>
#include <QTableWidget>
#include <QTemporaryDir>
#include <QTest>
#include <QThreadPool>

using namespace turnstone;
using namespace Qt::StringLiterals;

namespace {

class FakeTasks final : public Tasks
{
public:
    int begin(const QString &, std::function<void()>) override { return ++begun; }
    void setProgress(int, qint64, qint64) override {}
    void setText(int, const QString &) override {}
    void end(int) override { ++ended; }
    void note(const QString &text) override { notes.append(text); }
    int begun = 0;
    int ended = 0;
    QStringList notes;
};

} // namespace

class tst_TransferDialogs : public QObject
{
    Q_OBJECT

private slots:
    void init();
    void thePreviewFollowsTheChoices();
    void anExportWritesWhatThePreviewShowed();
    void choicesAndPresetsComeBack();
    void anImportMapsTriesAndWrites();
    void anImportHeedsTheSafetyLevel();
    void aBadFileIsToldWithItsPlace();
    void aNewTableTakesTheGuessedTypes();
    void anImportGoesOnWhereItEnded();
    void backupsAreMadeAndRestoredBeside();
    void aBackupTakesTheDatabasesPlace();
    void anOldDatabaseIsConverted();

private:
    PanelServices services() { return {*m_settings, m_workers, m_secrets, m_tasks, m_folder->path(), m_folder->path()}; }
    DatabaseContext context()
    {
        DatabaseContext made;
        made.id = 1;
        made.pool = m_pool.get();
        auto connection = Connection::open(DatabaseUrl::forFile(path()));
        made.catalog = std::make_shared<Catalog>(*readCatalog(**connection));
        made.profile = std::make_shared<ResolvedProfile>(deriveProfile(*made.catalog));
        return made;
    }
    QString path() const { return m_folder->filePath(u"t.db"_s); }
    QString file(const QByteArray &bytes) const
    {
        QFile made(m_folder->filePath(u"rows.csv"_s));
        return made.open(QIODevice::WriteOnly) && made.write(bytes) == bytes.size() ? made.fileName() : QString();
    }
    static QByteArray contents(const QString &name)
    {
        QFile opened(name);
        return opened.open(QIODevice::ReadOnly) ? opened.readAll() : QByteArray();
    }
    /// For somebody to look at, where TURNSTONE_TEST_PICTURES names a folder.
    static void takePicture(QWidget &widget, const QString &name)
    {
        if (const QString folder = qEnvironmentVariable("TURNSTONE_TEST_PICTURES"); !folder.isEmpty())
            widget.grab().save(folder + u'/' + name + u".png"_s);
    }
    template<typename Widget>
    static Widget *child(QWidget &of, const QString &name)
    {
        auto *found = of.findChild<Widget *>(name);
        if (!found)
            qFatal("there is no %s", qPrintable(name));
        return found;
    }
    static void choose(QWidget &of, const QString &name, const QVariant &word)
    {
        auto *box = child<QComboBox>(of, name);
        box->setCurrentIndex(box->findData(word));
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<QSettings> m_settings;
    std::unique_ptr<SessionPool> m_pool;
    QThreadPool m_workers;
    MemorySecretStore m_secrets;
    FakeTasks m_tasks;
};

void tst_TransferDialogs::init()
{
    m_pool.reset();
    m_folder = std::make_unique<QTemporaryDir>();
    m_settings = std::make_unique<QSettings>(m_folder->filePath(u"settings.ini"_s), QSettings::IniFormat);
    QCOMPARE(executeSql(path(), u"CREATE TABLE t(id INTEGER PRIMARY KEY, x TEXT); CREATE TABLE c(id INTEGER PRIMARY KEY, t_id INTEGER NOT NULL REFERENCES t(id));"
                                "INSERT INTO t VALUES(1, 'a,b'), (2, NULL), (3, 'c'); INSERT INTO c VALUES(1, 1), (2, 1)"_s), QString());
    ConnectionOptions options;
    options.readOnly = false;
    m_pool = std::make_unique<SessionPool>(DatabaseUrl::forFile(path()), options);
    m_tasks = {};
}

void tst_TransferDialogs::thePreviewFollowsTheChoices()
{
    TablePlace place;
    place.schema = u"main"_s;
    place.table = u"t"_s;
    place.selection.filters = {{u"id"_s, FilterOperator::Less, {Value::integer(3)}, false}};
    ExportDialog dialog(services(), context(), place, {Value::integer(1)});
    dialog.show();
    auto *preview = child<QPlainTextEdit>(dialog, u"exportPreview"_s);
    QTRY_COMPARE(preview->toPlainText(), u"id,x\n1,\"a,b\"\n2,\n"_s);
    choose(dialog, u"exportFormat"_s, u"jsonl"_s);
    QTRY_COMPARE(preview->toPlainText(), u"{\"id\":1,\"x\":\"a,b\"}\n{\"id\":2,\"x\":null}\n"_s);
    child<QAbstractButton>(dialog, u"exportOnlyRecord"_s)->setChecked(true);
    QTRY_COMPARE(preview->toPlainText(), u"{\"id\":1,\"x\":\"a,b\"}\n"_s);
    child<QListWidget>(dialog, u"exportColumns"_s)->item(1)->setCheckState(Qt::Unchecked);
    QTRY_COMPARE(preview->toPlainText(), u"{\"id\":1}\n"_s);
    child<QComboBox>(dialog, u"exportWhat"_s)->setCurrentIndex(1); // with everything below
    QTRY_VERIFY2(preview->toPlainText().contains(u"{\"id\":2,\"t_id\":1}"_s), qPrintable(preview->toPlainText()));
}

void tst_TransferDialogs::anExportWritesWhatThePreviewShowed()
{
    ExportDialog dialog(services(), context(), {u"main"_s, u"t"_s, {}}, {});
    dialog.show();
    const QString out = m_folder->filePath(u"out.csv"_s);
    child<QLineEdit>(dialog, u"exportNull"_s)->setText(u"-"_s);
    auto *preview = child<QPlainTextEdit>(dialog, u"exportPreview"_s);
    QTRY_COMPARE(preview->toPlainText(), u"id,x\n1,\"a,b\"\n2,-\n3,c\n"_s);
    child<QLineEdit>(dialog, u"exportFile"_s)->setText(out);
    child<QPushButton>(dialog, u"exportStart"_s)->click();
    QTRY_COMPARE(contents(out), preview->toPlainText().toUtf8());
    QTRY_COMPARE(m_tasks.ended, 1);
    QVERIFY(dialog.findChild<MessageBar *>()->text().contains(u"3 rows"_s));
    child<QLineEdit>(dialog, u"exportFile"_s)->setText(m_folder->filePath(u"no/such/out.csv"_s));
    child<QPushButton>(dialog, u"exportStart"_s)->click();
    QTRY_VERIFY(dialog.findChild<MessageBar *>()->text().contains(u"cannot be written"_s));
}

void tst_TransferDialogs::choicesAndPresetsComeBack()
{
    {
        ExportDialog dialog(services(), context(), {u"main"_s, u"t"_s, {}}, {});
        choose(dialog, u"exportFormat"_s, u"csv"_s);
        choose(dialog, u"exportSeparator"_s, u";"_s);
        child<QPushButton>(dialog, u"exportSavePreset"_s)->click();
        auto *ask = child<QInputDialog>(dialog, u"exportPresetName"_s);
        ask->setTextValue(u"Für Excel/2"_s);
        ask->accept();
        choose(dialog, u"exportSeparator"_s, u"\t"_s);
        child<QLineEdit>(dialog, u"exportFile"_s)->setText(m_folder->filePath(u"out.csv"_s));
        child<QPushButton>(dialog, u"exportStart"_s)->click();
        QTRY_COMPARE(m_tasks.ended, 1);
    }
    ExportDialog dialog(services(), context(), {u"main"_s, u"t"_s, {}}, {});
    QCOMPARE(child<QComboBox>(dialog, u"exportSeparator"_s)->currentData().toString(), u"\t"_s);
    auto *presets = child<QComboBox>(dialog, u"exportPresets"_s);
    const int place = presets->findText(u"Für Excel/2"_s);
    QVERIFY(place > 0);
    presets->setCurrentIndex(place);
    emit presets->activated(place);
    QCOMPARE(child<QComboBox>(dialog, u"exportSeparator"_s)->currentData().toString(), u";"_s);
    child<QPushButton>(dialog, u"exportRemovePreset"_s)->click();
    QCOMPARE(presets->findText(u"Für Excel/2"_s), -1);
}

void tst_TransferDialogs::anImportMapsTriesAndWrites()
{
    ImportDialog dialog(services(), context(), u"t"_s);
    dialog.show();
    QSignalSpy imported(&dialog, &ImportDialog::imported);
    dialog.setFile(file("id,note\n4,d\n5,\n"));
    auto *rows = child<QTableWidget>(dialog, u"importRows"_s);
    QTRY_COMPARE(rows->rowCount(), 2);
    QCOMPARE(rows->item(1, 1)->text(), u"NULL"_s);
    choose(dialog, u"importTarget1"_s, u"x"_s);
    child<QPushButton>(dialog, u"importTry"_s)->click();
    auto *message = dialog.findChild<MessageBar *>();
    QTRY_VERIFY2(message->text().contains(u"It would work: 2 rows read, 2 written"_s), qPrintable(message->text()));
    QCOMPARE(sqlValue(path(), u"SELECT count(*) FROM t"_s), u"3"_s);
    QTRY_VERIFY(child<QPushButton>(dialog, u"importStart"_s)->isEnabled());
    child<QPushButton>(dialog, u"importStart"_s)->click();
    QTRY_COMPARE(imported.count(), 1);
    QCOMPARE(sqlValue(path(), u"SELECT x FROM t WHERE id = 4"_s), u"d"_s);
    child<QPushButton>(dialog, u"importStart"_s)->click();
    QTRY_VERIFY2(message->text().contains(u"line 2"_s), qPrintable(message->text()));
}

void tst_TransferDialogs::anImportHeedsTheSafetyLevel()
{
    DatabaseContext target = context();
    EditSession edits(*m_pool, target.catalog, target.profile);
    target.edits = &edits;
    ImportDialog dialog(services(), target, u"t"_s);
    dialog.show();
    dialog.setFile(file("id,x\n4,d\n"));
    QTRY_COMPARE(child<QTableWidget>(dialog, u"importRows"_s)->rowCount(), 1);
    edits.setAccess(WriteAccess::ReadOnly);
    auto *message = dialog.findChild<MessageBar *>();
    for (const QString &button : {u"importTry"_s, u"importStart"_s}) {
        message->clear();
        child<QPushButton>(dialog, button)->click();
        QVERIFY2(message->text().contains(u"The status bar changes that"_s), qPrintable(message->text()));
    }
    QCOMPARE(m_tasks.begun, 0);
    QCOMPARE(sqlValue(path(), u"SELECT count(*) FROM t"_s), u"3"_s);
    edits.setAccess(WriteAccess::Ask);
    QSignalSpy imported(&dialog, &ImportDialog::imported);
    child<QPushButton>(dialog, u"importStart"_s)->click();
    QTRY_COMPARE(imported.count(), 1);
    QCOMPARE(sqlValue(path(), u"SELECT count(*) FROM t"_s), u"4"_s);
    // Opened read-only for good: whatever the level, and the sentence says another way.
    SessionPool reading(DatabaseUrl::forFile(path()));
    DatabaseContext shut = context();
    shut.pool = &reading;
    ImportDialog refused(services(), shut, u"t"_s);
    refused.setFile(file("id,x\n5,e\n"));
    QTRY_COMPARE(child<QTableWidget>(refused, u"importRows"_s)->rowCount(), 1);
    child<QPushButton>(refused, u"importStart"_s)->click();
    QVERIFY(refused.findChild<MessageBar *>()->text().contains(u"without --read-only"_s));
    QCOMPARE(sqlValue(path(), u"SELECT count(*) FROM t"_s), u"4"_s);
}

void tst_TransferDialogs::aBadFileIsToldWithItsPlace()
{
    ImportDialog dialog(services(), context(), u"t"_s);
    dialog.show();
    dialog.setFile(file("id,x\n4,d\n5,\"e\n"));
    auto *message = dialog.findChild<MessageBar *>();
    QTRY_VERIFY2(message->text().contains(u"line 3, column 3"_s), qPrintable(message->text()));
    dialog.setFile(m_folder->filePath(u"nothing.csv"_s));
    QTRY_VERIFY2(message->text().contains(u"There is no file"_s), qPrintable(message->text()));
    QVERIFY(!child<QPushButton>(dialog, u"importStart"_s)->isEnabled());
}

void tst_TransferDialogs::aNewTableTakesTheGuessedTypes()
{
    ImportDialog dialog(services(), context(), QString());
    dialog.show();
    dialog.setFile(file("id,zip\n4,007\n"));
    QTRY_COMPARE(child<QTableWidget>(dialog, u"importColumns"_s)->rowCount(), 2);
    QCOMPARE(child<QComboBox>(dialog, u"importType1"_s)->currentText(), u"TEXT"_s);
    child<QLineEdit>(dialog, u"importNewName"_s)->setText(u"fresh"_s);
    child<QComboBox>(dialog, u"importType0"_s)->setCurrentText(u"REAL"_s);
    child<QPushButton>(dialog, u"importStart"_s)->click();
    QTRY_COMPARE(sqlValue(path(), u"SELECT typeof(id) || zip FROM fresh"_s), u"real007"_s);
}

void tst_TransferDialogs::backupsAreMadeAndRestoredBeside()
{
    BackupDialog dialog(services(), context());
    dialog.show();
    QSignalSpy opened(&dialog, &BackupDialog::openRequested);
    auto *list = child<QTableWidget>(dialog, u"backupList"_s);
    QTRY_VERIFY(child<QWidget>(dialog, u"backupEmpty"_s)->isVisible());
    child<QPushButton>(dialog, u"backupStart"_s)->click();
    QTRY_COMPARE(list->rowCount(), 1);
    list->selectRow(0);
    QTRY_VERIFY(child<QPushButton>(dialog, u"backupRestore"_s)->isEnabled());
    child<QPushButton>(dialog, u"backupRestoreBeside"_s)->click();
    auto *message = dialog.findChild<MessageBar *>();
    QTRY_VERIFY2(message->text().contains(u"holds what the backup held"_s), qPrintable(message->text()));
    emit message->actionTriggered();
    QCOMPARE(opened.count(), 1);
    QCOMPARE(sqlValue(opened.first().first().toString(), u"SELECT count(*) FROM t"_s), u"3"_s);
}

void tst_TransferDialogs::aBackupTakesTheDatabasesPlace()
{
    BackupDialog dialog(services(), context());
    dialog.show();
    QSignalSpy restored(&dialog, &BackupDialog::restored);
    auto *list = child<QTableWidget>(dialog, u"backupList"_s);
    child<QPushButton>(dialog, u"backupStart"_s)->click();
    QTRY_COMPARE(list->rowCount(), 1);
    QCOMPARE(executeSql(path(), u"DELETE FROM t WHERE id > 1; CREATE TABLE later(x)"_s), QString());
    list->selectRow(0);
    QTRY_VERIFY(child<QPushButton>(dialog, u"backupRestore"_s)->isEnabled());
    child<QPushButton>(dialog, u"backupRestore"_s)->click();
    child<QMessageBox>(dialog, u"restoreQuestion"_s)->reject();
    QCOMPARE(sqlValue(path(), u"SELECT count(*) FROM t"_s), u"1"_s); // not without a yes
    QTRY_VERIFY(dialog.findChild<QMessageBox *>() == nullptr);
    child<QPushButton>(dialog, u"backupRestore"_s)->click();
    child<QPushButton>(dialog, u"confirmRestore"_s)->click();
    auto *message = dialog.findChild<MessageBar *>();
    QTRY_VERIFY2(message->text().contains(u"is kept as"_s), qPrintable(message->text()));
    QCOMPARE(restored.count(), 1);
    takePicture(dialog, u"backups"_s);
    QCOMPARE(sqlValue(path(), u"SELECT count(*) FROM t"_s), u"3"_s);
    QCOMPARE(sqlValue(path(), u"SELECT count(*) FROM sqlite_schema WHERE name = 'later'"_s), u"0"_s);
    QTRY_COMPARE(list->rowCount(), 2);
    const QStringList kept = QDir(m_folder->path()).entryList({u"*before-restore*"_s}, QDir::Files);
    QCOMPARE(kept.size(), 1);
    QCOMPARE(sqlValue(m_folder->filePath(kept.first()), u"SELECT count(*) || ',' || (SELECT count(*) FROM later) FROM t"_s), u"1,0"_s);
    QCOMPARE(QDir(m_folder->path()).entryList({u"*.restore-*"_s}, QDir::Files), QStringList());
}

void tst_TransferDialogs::anImportGoesOnWhereItEnded()
{
    ImportDialog dialog(services(), context(), u"t"_s);
    dialog.show();
    const auto csv = [](int bad) {
        QByteArray bytes = "id,x\n";
        for (int i = 1; i <= 60'000; ++i)
            bytes += QByteArray::number(i == 55'000 ? bad : i + 10) + ",n\n";
        return bytes;
    };
    dialog.setFile(file(csv(11)));
    QTRY_VERIFY(child<QPushButton>(dialog, u"importStart"_s)->isEnabled());
    choose(dialog, u"importTransaction"_s, qint64(50'000));
    child<QPushButton>(dialog, u"importStart"_s)->click();
    auto *message = dialog.findChild<MessageBar *>();
    QTRY_VERIFY2(message->text().contains(u"The first 50000 rows are saved"_s) || message->text().contains(u"The first 50,000 rows are saved"_s), qPrintable(message->text()));
    auto *skip = child<QSpinBox>(dialog, u"importSkip"_s);
    QCOMPARE(skip->value(), 50'000);
    takePicture(dialog, u"import"_s);
    QCOMPARE(sqlValue(path(), u"SELECT count(*) FROM t"_s), u"50003"_s);
    // Made good in the other program that wrote the file; the same dialog goes on.
    QVERIFY(!file(csv(55'010)).isEmpty());
    QTRY_VERIFY(child<QPushButton>(dialog, u"importStart"_s)->isEnabled());
    QSignalSpy imported(&dialog, &ImportDialog::imported);
    child<QPushButton>(dialog, u"importStart"_s)->click();
    QTRY_COMPARE(imported.count(), 1);
    QCOMPARE(sqlValue(path(), u"SELECT count(*) || ',' || max(id) FROM t"_s), u"60003,60010"_s);
    QCOMPARE(skip->value(), 0);
}

void tst_TransferDialogs::anOldDatabaseIsConverted()
{
    ConvertDialog unknown(services(), context());
    QTRY_VERIFY(unknown.findChild<MessageBar *>()->text().contains(u"of no system"_s));
    QVERIFY(!child<QPushButton>(unknown, u"convertStart"_s)->isEnabled());
    const QString old = m_folder->filePath(u"shipped.db"_s);
    QCOMPARE(executeSql(old, QString::fromUtf8(contents(sourcePath(u"tests/data/schemas/consensus-engine/shipped.sqlite.sql"_s)))), QString());
    SessionPool pool(DatabaseUrl::forFile(old));
    DatabaseContext place = context();
    place.pool = &pool;
    ConvertDialog dialog(services(), place);
    dialog.show();
    QSignalSpy opened(&dialog, &ConvertDialog::openRequested);
    QTRY_VERIFY(child<QPushButton>(dialog, u"convertStart"_s)->isEnabled());
    QCOMPARE(child<QComboBox>(dialog, u"convertVariant"_s)->currentText(), u"documented"_s);
    const QString made = child<QLineEdit>(dialog, u"convertFile"_s)->text();
    QVERIFY(made.endsWith(u"shipped.documented.db"_s));
    child<QPushButton>(dialog, u"convertStart"_s)->click();
    auto *message = dialog.findChild<MessageBar *>();
    QTRY_VERIFY2(message->text().contains(u"has the schema"_s), qPrintable(message->text()));
    QVERIFY(child<QPlainTextEdit>(dialog, u"convertCounts"_s)->toPlainText().contains(u"rounds"_s));
    takePicture(dialog, u"convert"_s);
    emit message->actionTriggered();
    QCOMPARE(opened.first().first().toString(), made);
    QCOMPARE(sqlValue(made, u"SELECT count(*) FROM discussions"_s), u"0"_s);
}

QTEST_MAIN(tst_TransferDialogs)
#include "tst_transferdialogs.moc"
