// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/connections/keyringsecretstore.h"

#include <QSignalSpy>
#include <QTest>
#include <QUuid>

using namespace turnstone;
using namespace Qt::StringLiterals;

/// QtKeychain finds the keyring by the environment, which it reads when first used. So one run of this program has a keyring
/// (keyring.sh makes one and sets TURNSTONE_TEST_KEYRING) and another has none; ctest does both.
class tst_KeyringSecretStore : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase();
    void withoutAKeyringThePasswordIsKeptForThisRun();
    void whatWasKeptForThisRunIsForgotten();
    void aStoreThatGoesFirstLeavesNobodyWaiting();
    void aRealKeyringKeepsAndForgets();

private:
    static SecretAnswer answerOf(QFuture<SecretAnswer> future)
    {
        return QTest::qWaitFor([&] { return future.isFinished(); }, 20'000) ? future.result() : SecretAnswer{std::nullopt, false, u"no answer"_s};
    }
    const bool m_hasKeyring = qEnvironmentVariableIsSet("TURNSTONE_TEST_KEYRING");
};

void tst_KeyringSecretStore::initTestCase()
{
    if (m_hasKeyring)
        return;
    qputenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/turnstone-test-bus");
    qunsetenv("XDG_CURRENT_DESKTOP");
    qunsetenv("DESKTOP_SESSION");
    qunsetenv("KDE_FULL_SESSION");
}

void tst_KeyringSecretStore::withoutAKeyringThePasswordIsKeptForThisRun()
{
    if (m_hasKeyring)
        QSKIP("TURNSTONE_TEST_KEYRING names a keyring, so there is no desktop without one to test.");
    KeyringSecretStore store;
    QSignalSpy notes(&store, &SecretStore::noteRaised);
    const SecretAnswer nothing = answerOf(store.read(u"ann@h:5432/d"_s));
    QVERIFY(!nothing.secret);
    QVERIFY2(nothing.note.startsWith(u"The keyring cannot be read ("_s), qPrintable(nothing.note));
    const SecretAnswer kept = answerOf(store.keep(u"ann@h:5432/d"_s, u"topsecret"_s));
    QVERIFY(!kept.isInKeyring);
    QVERIFY2(kept.note.contains(u"until Turnstone is closed"_s), qPrintable(kept.note));
    QVERIFY(!kept.note.contains(u"topsecret"_s));
    QCOMPARE(kept.note.count(u". "_s), 0); // one sentence
    QCOMPARE(notes.size(), 2);
    QCOMPARE(notes.last().first().toString(), kept.note);
    QCOMPARE(answerOf(store.read(u"ann@h:5432/d"_s)).secret, std::optional(u"topsecret"_s));
}

void tst_KeyringSecretStore::whatWasKeptForThisRunIsForgotten()
{
    if (m_hasKeyring)
        QSKIP("TURNSTONE_TEST_KEYRING names a keyring, so there is no desktop without one to test.");
    KeyringSecretStore store;
    answerOf(store.keep(u"k"_s, u"s"_s));
    QCOMPARE(answerOf(store.forget(u"k"_s)).note, QString());
    QVERIFY(!answerOf(store.read(u"k"_s)).secret);
}

void tst_KeyringSecretStore::aStoreThatGoesFirstLeavesNobodyWaiting()
{
    QFuture<SecretAnswer> future;
    {
        KeyringSecretStore store;
        future = store.read(u"k"_s);
    }
    QTRY_VERIFY(future.isFinished());
    QVERIFY(future.isCanceled());
}

void tst_KeyringSecretStore::aRealKeyringKeepsAndForgets()
{
    if (!m_hasKeyring)
        QSKIP("No real keyring was tested: TURNSTONE_TEST_KEYRING is not set. The test tst_keyringsecretstore_real does it, where a keyring is installed.");
    const QString key = u"turnstone-test-%1@h:5432/d"_s.arg(QUuid::createUuid().toString(QUuid::Id128));
    const QString secret = u"p@ss:w/rd?#%& +ü"_s;
    KeyringSecretStore store;
    const SecretAnswer kept = answerOf(store.keep(key, secret));
    QVERIFY2(kept.isInKeyring, qPrintable(kept.note));
    QCOMPARE(kept.note, QString());
    KeyringSecretStore other; // so it does not come from memory
    const SecretAnswer found = answerOf(other.read(key));
    QCOMPARE(found.secret, std::optional(secret));
    QVERIFY(found.isInKeyring);
    QCOMPARE(answerOf(other.forget(key)).note, QString());
    const SecretAnswer gone = answerOf(store.read(key));
    QVERIFY(!gone.secret);
    QCOMPARE(gone.note, QString());
    QCOMPARE(answerOf(other.forget(key)).note, QString()); // nothing left to remove is no mistake
}

QTEST_GUILESS_MAIN(tst_KeyringSecretStore)
#include "tst_keyringsecretstore.moc"
