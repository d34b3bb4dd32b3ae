// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/connections/memorysecretstore.h"
#include "tests/support/testdatabase.h"
#include "views/dialogs/connectiondialog.h"
#include "views/widgets/messagebar.h"

#include <QCheckBox>
#include <QComboBox>
#include <QFile>
#include <QFileDialog>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QPushButton>
#include <QSettings>
#include <QSignalSpy>
#include <QSpinBox>
#include <QTcpServer>
#include <QTemporaryDir>
#include <QTest>
#include <QToolButton>

#include <algorithm>

using namespace turnstone;
using namespace Qt::StringLiterals;

namespace {

/// A keyring that works, and remembers what it was asked.
class FakeKeyring final : public SecretStore
{
    Q_OBJECT

public:
    QFuture<SecretAnswer> read(const QString &key) override
    {
        asked.append(u"read "_s + key);
        return answered({secrets.contains(key) ? std::optional(secrets.value(key)) : std::nullopt, true, {}});
    }
    QFuture<SecretAnswer> keep(const QString &key, const QString &secret) override
    {
        asked.append(u"keep "_s + key);
        secrets.insert(key, secret);
        return answered({std::nullopt, true, {}});
    }
    QFuture<SecretAnswer> forget(const QString &key) override
    {
        asked.append(u"forget "_s + key);
        secrets.remove(key);
        return answered({});
    }

    QHash<QString, QString> secrets;
    QStringList asked;
};

} // namespace

class tst_ConnectionDialog : public QObject
{
    Q_OBJECT

private slots:
    void init();
    void cleanup();
    void fieldsAndUrlAreKeptInStep();
    void aPasswordInTheUrlGoesToItsField();
    void aMistakeInTheUrlIsMarkedWithItsReason();
    void aMistakeInAFieldIsMarkedThere();
    void connectingWithMistakesShowsThemAndGoesToTheFirst();
    void readOnlyIsTheDefault();
    void enterInTheListConnectsOnce();
    void aPlaceThatIsSavedIsShown();
    void optionsAndPoolAreHandedOver();
    void parametersWithoutAFieldSurviveEditing();
    void aNamedConnectionIsSavedWithoutItsPassword();
    void withoutANameNothingIsSaved();
    void theKeyringIsAskedOnlyOnConnect();
    void aKeptPasswordComesBack();
    void uncheckingTakesThePasswordOutOfTheKeyring();
    void anotherConnectionsPasswordStays();
    void withoutAKeyringTheUserIsToldInOneSentence();
    void aConnectionIsDuplicated();
    void aRemovalCanBeTakenBack();
    void aRemovedConnectionLosesItsPasswordOnClosing();
    void editsOfAnotherEntryAreNotLost();
    void aEnvFileIsImported();
    void aBadEnvFileIsToldWithItsLine();
    void aTestShowsTheHealth();
    void aWrongPasswordIsTold();
    void aPortWithoutAServerIsTold();
    void aSilentServerCanBeStopped();
    void closingStopsTheTest();
    void anEditEndsTheTest();
    void everyControlHasANameAndIsReachedByTheKeyboard();

private:
    template<typename T = QLineEdit>
    T *find(const char *name) const
    {
        T *found = m_dialog->findChild<T *>(QString::fromLatin1(name));
        if (found == nullptr)
            qFatal("no %s in the dialog", name);
        return found;
    }
    void type(const char *name, const QString &text) const
    {
        auto *line = find(name);
        line->setFocus();
        line->selectAll();
        if (text.isEmpty())
            QTest::keyClick(line, Qt::Key_Delete);
        else if (std::all_of(text.cbegin(), text.cend(), [](QChar c) { return c.unicode() < 0x80; }))
            QTest::keyClicks(line, text);
        else
            line->insert(text); // QTest has no keys for it
    }
    void click(const char *name) const { QTest::mouseClick(find<QAbstractButton>(name), Qt::LeftButton); }
    QListWidget *list() const { return find<QListWidget>("connectionList"); }
    QString problem(const char *name) const
    {
        auto *label = find<QLabel>(name);
        return label->isVisible() ? label->text() : QString();
    }
    MessageBar *message() const { return find<MessageBar>("messageBar"); }
    void show()
    {
        m_dialog = std::make_unique<ConnectionDialog>(*m_store, *m_keyring);
        m_dialog->open();
        QVERIFY(QTest::qWaitForWindowExposed(m_dialog.get()));
    }
    QByteArray settingsBytes()
    {
        m_settings->sync();
        QFile file(m_settings->fileName());
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<QSettings> m_settings;
    std::unique_ptr<ConnectionStore> m_store;
    std::unique_ptr<FakeKeyring> m_keyring;
    std::unique_ptr<ConnectionDialog> m_dialog;
};

void tst_ConnectionDialog::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    m_settings = std::make_unique<QSettings>(m_folder->filePath(u"settings.ini"_s), QSettings::IniFormat);
    m_store = std::make_unique<ConnectionStore>(*m_settings);
    m_keyring = std::make_unique<FakeKeyring>();
    show();
}

void tst_ConnectionDialog::cleanup()
{
    m_dialog.reset();
    m_store.reset();
    m_settings.reset();
}

void tst_ConnectionDialog::fieldsAndUrlAreKeptInStep()
{
    type("connectionUrl", u"postgresql+psycopg2://ann@one:5433,two:5434/games?sslmode=verify-full&sslrootcert=/etc/ca.pem"
                          "&target_session_attrs=standby&connect_timeout=7"_s);
    QCOMPARE(find("connectionHosts")->text(), u"one:5433,two:5434"_s);
    QCOMPARE(find("connectionPort")->text(), u""_s);
    QCOMPARE(find("connectionDatabase")->text(), u"games"_s);
    QCOMPARE(find("connectionUser")->text(), u"ann"_s);
    QCOMPARE(find<QComboBox>("sslMode")->currentData().toString(), u"verify-full"_s);
    QCOMPARE(find("rootCertificate")->text(), u"/etc/ca.pem"_s);
    QCOMPARE(find<QComboBox>("targetSession")->currentData().toString(), u"standby"_s);
    QCOMPARE(find<QSpinBox>("connectTimeout")->value(), 7);
    QVERIFY(find("connectionUrl")->text().startsWith(u"postgresql+psycopg2://"_s)); // not changed under the cursor

    type("connectionHosts", u"[::1]"_s);
    type("connectionPort", u"6000"_s);
    type("connectionDatabase", u"my games/ä"_s);
    QCOMPARE(find("connectionUrl")->text(),
             u"postgresql://ann@[::1]:6000/my%20games%2Fä?sslmode=verify-full&sslrootcert=/etc/ca.pem&target_session_attrs=standby&connect_timeout=7"_s);
    find<QComboBox>("sslMode")->setCurrentIndex(0);
    QVERIFY(find("connectionUrl")->text().contains(u"sslmode=disable"_s));
    type("connectionHosts", u"/run/postgresql"_s);
    QVERIFY(find("connectionUrl")->text().contains(u"host=/run/postgresql&port=6000"_s));
}

void tst_ConnectionDialog::aPasswordInTheUrlGoesToItsField()
{
    type("connectionUrl", u"postgresql://ann:p%40ss%20w@h/d"_s);
    QCOMPARE(find("connectionPassword")->text(), u"p@ss w"_s);
    QCOMPARE(find("connectionPassword")->echoMode(), QLineEdit::Password);
    find("connectionName")->setFocus();
    QTRY_COMPARE(find("connectionUrl")->text(), u"postgresql://ann@h/d"_s);
    QCOMPARE(find("connectionPassword")->text(), u"p@ss w"_s);
    type("connectionUrl", u"postgresql://bob@h/d"_s); // without one it stays
    QCOMPARE(find("connectionPassword")->text(), u"p@ss w"_s);
    click("showPassword");
    QCOMPARE(find("connectionPassword")->echoMode(), QLineEdit::Normal);
}

void tst_ConnectionDialog::aMistakeInTheUrlIsMarkedWithItsReason()
{
    type("connectionUrl", u"postgresql://ann@h/d?colour=red"_s);
    QVERIFY2(problem("connectionUrlProblem").contains(u"colour"_s), qPrintable(problem("connectionUrlProblem")));
    QCOMPARE(find("connectionUrl")->accessibleDescription(), problem("connectionUrlProblem"));
    type("connectionUrl", u"sqlite:////tmp/x.db"_s);
    QVERIFY(problem("connectionUrlProblem").contains(u"SQLite"_s));
    type("connectionUrl", u"postgresql://ann@h/d"_s);
    QCOMPARE(problem("connectionUrlProblem"), QString());
    QCOMPARE(find("connectionUrl")->accessibleDescription(), QString());
}

void tst_ConnectionDialog::aMistakeInAFieldIsMarkedThere()
{
    type("connectionPort", u"99999"_s);
    QVERIFY(problem("connectionPortProblem").contains(u"65535"_s));
    QCOMPARE(problem("connectionDatabaseProblem"), QString()); // not touched yet
    type("connectionPort", u"5432"_s);
    QCOMPARE(problem("connectionPortProblem"), QString());
    type("connectionHosts", u"one,,two"_s);
    QVERIFY(!problem("connectionHostsProblem").isEmpty());
}

void tst_ConnectionDialog::connectingWithMistakesShowsThemAndGoesToTheFirst()
{
    QSignalSpy requested(m_dialog.get(), &ConnectionDialog::connectRequested);
    type("connectionHosts", u"h"_s);
    click("connect");
    QCOMPARE(requested.size(), 0);
    QVERIFY(m_dialog->isVisible());
    QVERIFY(problem("connectionDatabaseProblem").contains(u"missing"_s));
    QVERIFY(find("connectionDatabase")->hasFocus());
    click("testConnection");
    QVERIFY(find<QWidget>("testRunning")->isHidden());
}

void tst_ConnectionDialog::readOnlyIsTheDefault()
{
    QVERIFY(find<QCheckBox>("readOnly")->isChecked());
    QSignalSpy requested(m_dialog.get(), &ConnectionDialog::connectRequested);
    type("connectionUrl", u"postgresql://h/d"_s);
    QTest::keyClick(find("connectionUrl"), Qt::Key_Return); // Connect is the default button
    QCOMPARE(requested.size(), 1);
    QVERIFY(requested.first().at(1).value<ConnectionOptions>().readOnly);
    QVERIFY(!m_dialog->isVisible());
}

void tst_ConnectionDialog::enterInTheListConnectsOnce()
{
    type("connectionUrl", u"postgresql://h/d"_s);
    QSignalSpy requested(m_dialog.get(), &ConnectionDialog::connectRequested);
    list()->setFocus();
    QTest::keyClick(list(), Qt::Key_Return);
    QCOMPARE(requested.size(), 1);
    m_dialog->open();
    const QPoint place = list()->visualItemRect(list()->item(0)).center();
    QTest::mouseClick(list()->viewport(), Qt::LeftButton, {}, place); // a double click is one that follows a click
    QTest::mouseDClick(list()->viewport(), Qt::LeftButton, {}, place);
    QCOMPARE(requested.size(), 2);
}

void tst_ConnectionDialog::aPlaceThatIsSavedIsShown()
{
    aConnectionIsDuplicated();
    list()->setCurrentRow(0);
    m_dialog->editUrl(*DatabaseUrl::parse(u"postgresql://ann@h:5432/other?sslmode=require"_s));
    QCOMPARE(list()->currentRow(), 1);
    QCOMPARE(list()->count(), 2);
    m_dialog->editUrl(*DatabaseUrl::parse(u"postgresql://ann@h/third"_s));
    QCOMPARE(list()->count(), 3);
    QCOMPARE(find("connectionDatabase")->text(), u"third"_s);
}

void tst_ConnectionDialog::optionsAndPoolAreHandedOver()
{
    QSignalSpy requested(m_dialog.get(), &ConnectionDialog::connectRequested);
    type("connectionUrl", u"postgresql://ann:secret@h/d"_s);
    click("moreSettings");
    QVERIFY(find<QSpinBox>("poolSize")->isVisible());
    find<QSpinBox>("poolSize")->setValue(2);
    find<QSpinBox>("poolOverflow")->setValue(0);
    find<QSpinBox>("poolTimeout")->setValue(12);
    find<QSpinBox>("poolRecycle")->setValue(60);
    find<QSpinBox>("connectTimeout")->setValue(3);
    click("readOnly");
    click("connect");
    QCOMPARE(requested.size(), 1);
    const auto url = requested.first().at(0).value<DatabaseUrl>();
    const auto options = requested.first().at(1).value<ConnectionOptions>();
    const auto pool = requested.first().at(2).value<PoolOptions>();
    QCOMPARE(url.password(), u"secret"_s);
    QCOMPARE(url.parameter(u"connect_timeout"_s), u"3"_s);
    QCOMPARE(options.connectTimeout.count(), 3);
    QVERIFY(!options.readOnly);
    QCOMPARE(pool.size, 2);
    QCOMPARE(pool.overflow, 0);
    QCOMPARE(pool.acquireTimeout.count(), 12'000);
    QCOMPARE(pool.recycle.count(), 60);
}

void tst_ConnectionDialog::parametersWithoutAFieldSurviveEditing()
{
    QSignalSpy requested(m_dialog.get(), &ConnectionDialog::connectRequested);
    type("connectionUrl", u"postgresql://h/d?application_name=nightly&keepalives_idle=30&sslpassword=hush"_s);
    type("connectionHosts", u"other"_s);
    QVERIFY(!find("connectionUrl")->text().contains(u"hush"_s));
    type("connectionUrl", u"postgresql://third/d?application_name=nightly"_s);
    click("connect");
    const auto url = requested.first().at(0).value<DatabaseUrl>();
    QCOMPARE(url.parameter(u"host"_s), u"third"_s);
    QCOMPARE(url.parameter(u"application_name"_s), u"nightly"_s);
    QCOMPARE(url.parameter(u"keepalives_idle"_s), QString()); // the user took it out
    QCOMPARE(url.parameter(u"sslpassword"_s), u"hush"_s);     // which the URL line never shows
}

void tst_ConnectionDialog::aNamedConnectionIsSavedWithoutItsPassword()
{
    type("connectionName", u"League"_s);
    type("connectionUrl", u"postgresql://ann:topsecret@h/d?sslpassword=topsecret"_s);
    click("keepPassword");
    click("connect");
    QCOMPARE(m_store->connections().size(), 1);
    QCOMPARE(m_store->connections().first().name, u"League"_s);
    QVERIFY(m_store->connections().first().keepsPassword);
    QVERIFY(settingsBytes().contains("postgresql://ann@h"));
    QVERIFY(!settingsBytes().contains("topsecret"));
    show();
    QCOMPARE(list()->count(), 1);
    QCOMPARE(list()->item(0)->text(), u"League"_s);
    QCOMPARE(find("connectionUser")->text(), u"ann"_s);
}

void tst_ConnectionDialog::withoutANameNothingIsSaved()
{
    type("connectionUrl", u"postgresql://ann:topsecret@h/d"_s);
    click("connect");
    QVERIFY(m_store->connections().isEmpty());
    QVERIFY(!settingsBytes().contains("ann"));
    QVERIFY(m_keyring->asked.isEmpty());
}

void tst_ConnectionDialog::theKeyringIsAskedOnlyOnConnect()
{
    type("connectionName", u"League"_s);
    type("connectionUrl", u"postgresql://ann:topsecret@h:5433/d"_s);
    click("keepPassword");
    click("saveConnection");
    QCOMPARE(m_keyring->asked, QStringList());
    QCOMPARE(m_store->connections().size(), 1);
    click("connect");
    QCOMPARE(m_keyring->asked, QStringList{u"keep ann@h:5433/d"_s});
    QCOMPARE(m_keyring->secrets.value(u"ann@h:5433/d"_s), u"topsecret"_s);
}

void tst_ConnectionDialog::aKeptPasswordComesBack()
{
    theKeyringIsAskedOnlyOnConnect();
    show();
    QTRY_COMPARE(find("connectionPassword")->text(), u"topsecret"_s);
    QCOMPARE(list()->item(0)->text(), u"League"_s); // without the mark of a change
    QVERIFY(find<QCheckBox>("keepPassword")->isChecked());
    QSignalSpy requested(m_dialog.get(), &ConnectionDialog::connectRequested);
    click("connect");
    QCOMPARE(requested.first().at(0).value<DatabaseUrl>().password(), u"topsecret"_s);
}

void tst_ConnectionDialog::uncheckingTakesThePasswordOutOfTheKeyring()
{
    theKeyringIsAskedOnlyOnConnect();
    show();
    QTRY_COMPARE(find("connectionPassword")->text(), u"topsecret"_s);
    click("keepPassword");
    QVERIFY(!m_keyring->secrets.isEmpty());
    click("connect");
    QVERIFY(m_keyring->secrets.isEmpty());
    QVERIFY(!m_store->connections().first().keepsPassword);
}

void tst_ConnectionDialog::anotherConnectionsPasswordStays()
{
    theKeyringIsAskedOnlyOnConnect();
    show();
    QTRY_COMPARE(find("connectionPassword")->text(), u"topsecret"_s);
    click("duplicateConnection");
    QCOMPARE(list()->count(), 2);
    click("saveConnection"); // both have the same key now
    click("keepPassword");
    click("connect");
    QCOMPARE(m_keyring->secrets.value(u"ann@h:5433/d"_s), u"topsecret"_s);
}

void tst_ConnectionDialog::withoutAKeyringTheUserIsToldInOneSentence()
{
    MemorySecretStore memory;
    QSignalSpy notes(&memory, &SecretStore::noteRaised);
    m_dialog = std::make_unique<ConnectionDialog>(*m_store, memory);
    m_dialog->open();
    type("connectionName", u"League"_s);
    type("connectionUrl", u"postgresql://ann:topsecret@h/d"_s);
    click("keepPassword");
    click("connect");
    QCOMPARE(notes.size(), 1);
    QVERIFY(notes.first().first().toString().contains(u"until Turnstone is closed"_s));
    m_dialog = std::make_unique<ConnectionDialog>(*m_store, memory);
    m_dialog->open();
    QTRY_COMPARE(find("connectionPassword")->text(), u"topsecret"_s); // for this run
    QVERIFY(!settingsBytes().contains("topsecret"));
    m_dialog.reset();
}

void tst_ConnectionDialog::aConnectionIsDuplicated()
{
    type("connectionName", u"League"_s);
    type("connectionUrl", u"postgresql://ann:topsecret@h/d"_s);
    click("saveConnection");
    click("duplicateConnection");
    QCOMPARE(find("connectionName")->text(), u"League (copy)"_s);
    type("connectionDatabase", u"other"_s);
    click("saveConnection");
    QCOMPARE(m_store->connections().size(), 2);
    QCOMPARE(m_store->connections().at(0).url.parameter(u"dbname"_s), u"d"_s);
    QCOMPARE(m_store->connections().at(1).url.parameter(u"dbname"_s), u"other"_s);
    QVERIFY(m_store->connections().at(0).id != m_store->connections().at(1).id);
}

void tst_ConnectionDialog::aRemovalCanBeTakenBack()
{
    aConnectionIsDuplicated();
    list()->setCurrentRow(0);
    list()->setFocus();
    QTest::keyClick(list(), Qt::Key_Delete);
    QCOMPARE(list()->count(), 1);
    QCOMPARE(m_store->connections().size(), 1);
    QCOMPARE(find("connectionName")->text(), u"League (copy)"_s);
    QVERIFY(find<QLabel>("removedConnection")->text().contains(u"“League”"_s));
    click("undoRemove");
    QCOMPARE(list()->count(), 2);
    QCOMPARE(list()->currentRow(), 0);
    QCOMPARE(find("connectionName")->text(), u"League"_s);
    QCOMPARE(find("connectionPassword")->text(), u"topsecret"_s);
    QCOMPARE(m_store->connections().size(), 2);
    click("removeConnection");
    click("removeConnection");
    QCOMPARE(list()->count(), 1); // an empty one to go on with
    QCOMPARE(find("connectionUrl")->text(), QString());
    QVERIFY(m_store->connections().isEmpty());
}

void tst_ConnectionDialog::aRemovedConnectionLosesItsPasswordOnClosing()
{
    theKeyringIsAskedOnlyOnConnect();
    show();
    click("removeConnection");
    QVERIFY(!m_keyring->secrets.isEmpty()); // it may be taken back
    click("closeConnections");
    QVERIFY(m_keyring->secrets.isEmpty());
}

void tst_ConnectionDialog::editsOfAnotherEntryAreNotLost()
{
    aConnectionIsDuplicated();
    type("connectionUser", u"bob"_s);
    QCOMPARE(list()->item(1)->text(), u"League (copy) •"_s);
    list()->setCurrentRow(0);
    QCOMPARE(find("connectionUser")->text(), u"ann"_s);
    list()->setCurrentRow(1);
    QCOMPARE(find("connectionUser")->text(), u"bob"_s);
    QCOMPARE(m_store->connections().at(1).url.parameter(u"user"_s), u"ann"_s); // not saved yet
    click("saveConnection");
    QCOMPARE(m_store->connections().at(1).url.parameter(u"user"_s), u"bob"_s);
    QCOMPARE(list()->item(1)->text(), u"League (copy)"_s);
}

void tst_ConnectionDialog::aEnvFileIsImported()
{
    QVERIFY(QDir(m_folder->path()).mkdir(u"arena"_s));
    QFile file(m_folder->filePath(u"arena/.env"_s));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("API_KEY=x\nDATABASE_URL=postgresql+asyncpg://ann:p%40ss@h:5433/d\n");
    file.close();
    click("importEnv");
    auto *chooser = find<QFileDialog>("envFileDialog");
    QVERIFY(chooser->isVisible());
    emit chooser->fileSelected(file.fileName());
    chooser->close();
    QTRY_COMPARE(find("connectionUrl")->text(), u"postgresql://ann@h:5433/d"_s);
    QCOMPARE(find("connectionPassword")->text(), u"p@ss"_s);
    QCOMPARE(find("connectionName")->text(), u"arena"_s);
    QCOMPARE(list()->count(), 1); // the blank one was used
    QVERIFY(m_store->connections().isEmpty());
    m_dialog->importEnvFile(file.fileName());
    QTRY_COMPARE(list()->count(), 2); // the first one is kept
}

void tst_ConnectionDialog::aBadEnvFileIsToldWithItsLine()
{
    QFile file(m_folder->filePath(u".env"_s));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("A=1\nDATABASE_URL=mysql://ann:topsecret@h/d\n");
    file.close();
    m_dialog->importEnvFile(file.fileName());
    QTRY_VERIFY(message()->isVisible());
    QVERIFY2(message()->text().contains(u"line 2"_s), qPrintable(message()->text()));
    QVERIFY(!message()->text().contains(u"topsecret"_s));
    QCOMPARE(find("connectionUrl")->text(), QString());
}

void tst_ConnectionDialog::aTestShowsTheHealth()
{
    const TestDatabase database;
    REQUIRE_DATABASE(database);
    type("connectionUrl", database.url());
    click("testConnection");
    QVERIFY(find<QWidget>("testRunning")->isVisible());
    QVERIFY(!find<QPushButton>("testConnection")->isEnabled());
    QTRY_VERIFY_WITH_TIMEOUT(find<QLabel>("reportVerdict")->isVisible(), 20'000);
    QVERIFY(find<QLabel>("reportServer")->text().startsWith(u"PostgreSQL "_s));
    QCOMPARE(find<QLabel>("reportDatabase")->text(), database.name());
    QVERIFY(!find("connectionUrl")->text().contains(u"p%40ss"_s)); // of the servers' password
    QCOMPARE(find<QLabel>("reportUser")->text(), u"turnstone"_s);
    QCOMPARE(find<QLabel>("reportAccess")->text(), u"read only"_s);
    QVERIFY(!find<QLabel>("reportEncryption")->text().isEmpty());
    QVERIFY(find<QPushButton>("testConnection")->isEnabled());
    click("readOnly");
    QVERIFY(!find<QLabel>("reportVerdict")->isVisible()); // it was about something else
    click("testConnection");
    QTRY_VERIFY_WITH_TIMEOUT(find<QLabel>("reportVerdict")->isVisible(), 20'000);
    QCOMPARE(m_dialog->findChildren<QLabel *>(u"reportAccess"_s).size(), 1);
    QCOMPARE(find<QLabel>("reportAccess")->text(), u"read and write"_s);
    QVERIFY(m_keyring->asked.isEmpty());
}

void tst_ConnectionDialog::aWrongPasswordIsTold()
{
    const TestDatabase database;
    REQUIRE_DATABASE(database);
    type("connectionUrl", database.url());
    type("connectionPassword", u"topsecret"_s);
    click("testConnection");
    QTRY_VERIFY_WITH_TIMEOUT(message()->isVisible(), 20'000);
    QVERIFY2(message()->text().contains(u"does not accept this user and password"_s), qPrintable(message()->text()));
    QVERIFY(!message()->text().contains(u"topsecret"_s));
}

void tst_ConnectionDialog::aPortWithoutAServerIsTold()
{
    quint16 port = 0;
    {
        QTcpServer server;
        QVERIFY(server.listen(QHostAddress::LocalHost));
        port = server.serverPort();
    }
    type("connectionUrl", u"postgresql://ann@127.0.0.1:%1/d"_s.arg(port));
    click("testConnection");
    QTRY_VERIFY(message()->isVisible());
    QVERIFY2(message()->text().startsWith(u"Nothing listens at 127.0.0.1:%1. Check"_s.arg(port)), qPrintable(message()->text()));
    auto *details = message()->findChild<QToolButton *>();
    QVERIFY(details->isVisible());
    details->click();
    bool isTold = false;
    for (const QLabel *label : message()->findChildren<QLabel *>())
        isTold = isTold || (label->isVisible() && label->text().contains(u"refused"_s)); // libpq's own words
    QVERIFY(isTold);
}

void tst_ConnectionDialog::aSilentServerCanBeStopped()
{
    QTcpServer server;
    QVERIFY(server.listen(QHostAddress::LocalHost));
    type("connectionUrl", u"postgresql://ann@127.0.0.1:%1/d?connect_timeout=0"_s.arg(server.serverPort()));
    click("testConnection");
    QTRY_VERIFY(server.hasPendingConnections());
    click("stopTest");
    QCOMPARE(message()->text(), u"The test was stopped."_s);
    QVERIFY(find<QWidget>("testRunning")->isHidden());
    QVERIFY(find<QPushButton>("testConnection")->isEnabled());
    QTcpSocket *socket = server.nextPendingConnection();
    QTRY_COMPARE(socket->state(), QAbstractSocket::UnconnectedState); // the attempt is given up for real
}

void tst_ConnectionDialog::closingStopsTheTest()
{
    QTcpServer server;
    QVERIFY(server.listen(QHostAddress::LocalHost));
    type("connectionUrl", u"postgresql://ann@127.0.0.1:%1/d?connect_timeout=0"_s.arg(server.serverPort()));
    click("testConnection");
    QTRY_VERIFY(server.hasPendingConnections());
    QTcpSocket *socket = server.nextPendingConnection();
    QTest::keyClick(m_dialog.get(), Qt::Key_Escape);
    QVERIFY(!m_dialog->isVisible());
    QTRY_COMPARE(socket->state(), QAbstractSocket::UnconnectedState);

    m_dialog->open();
    click("testConnection");
    QTRY_VERIFY(server.hasPendingConnections());
    socket = server.nextPendingConnection();
    m_dialog.reset(); // deleted in the middle of it
    QTRY_COMPARE(socket->state(), QAbstractSocket::UnconnectedState);
}

void tst_ConnectionDialog::anEditEndsTheTest()
{
    QTcpServer server;
    QVERIFY(server.listen(QHostAddress::LocalHost));
    type("connectionUrl", u"postgresql://ann@127.0.0.1:%1/d?connect_timeout=0"_s.arg(server.serverPort()));
    click("testConnection");
    QTRY_VERIFY(server.hasPendingConnections());
    type("connectionDatabase", u"other"_s);
    QVERIFY(find<QWidget>("testRunning")->isHidden());
    QVERIFY(find<QPushButton>("testConnection")->isEnabled());
}

void tst_ConnectionDialog::everyControlHasANameAndIsReachedByTheKeyboard()
{
    click("moreSettings");
    QSet<QWidget *> reached;
    for (QWidget *widget = m_dialog->nextInFocusChain(); widget != m_dialog.get(); widget = widget->nextInFocusChain())
        if (widget->focusPolicy() & Qt::TabFocus && widget->isVisible())
            reached.insert(widget);
    for (const char *name : {"connectionList", "newConnection", "duplicateConnection", "removeConnection", "connectionName", "connectionUrl", "connectionHosts",
                             "connectionPort", "connectionDatabase", "connectionUser", "connectionPassword", "showPassword", "keepPassword", "sslMode",
                             "rootCertificate", "chooseRootCertificate", "readOnly", "moreSettings", "targetSession", "connectTimeout", "poolSize",
                             "poolOverflow", "poolTimeout", "poolRecycle", "importEnv", "closeConnections", "saveConnection", "testConnection", "connect"}) {
        auto *widget = find<QWidget>(name);
        QVERIFY2(reached.contains(widget), name);
        QVERIFY2(!widget->accessibleName().isEmpty(), name);
    }
}

QTEST_MAIN(tst_ConnectionDialog)
#include "tst_connectiondialog.moc"
