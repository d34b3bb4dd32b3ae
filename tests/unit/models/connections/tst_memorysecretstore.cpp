// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/connections/memorysecretstore.h"

#include <QSignalSpy>
#include <QTest>

using namespace turnstone;
using namespace Qt::StringLiterals;

class tst_MemorySecretStore : public QObject
{
    Q_OBJECT

private slots:
    void aSecretIsKeptUntilForgotten();
    void keepingSaysThatItEndsWithTheProgram();
};

void tst_MemorySecretStore::aSecretIsKeptUntilForgotten()
{
    MemorySecretStore store;
    QVERIFY(!store.read(u"k"_s).result().secret);
    QCOMPARE(store.keep(u"k"_s, u"s"_s).result().isInKeyring, false);
    QCOMPARE(store.read(u"k"_s).result().secret, std::optional(u"s"_s));
    QVERIFY(!store.read(u"K"_s).result().secret);
    QVERIFY(store.forget(u"k"_s).result().note.isEmpty());
    QVERIFY(!store.read(u"k"_s).result().secret);
}

void tst_MemorySecretStore::keepingSaysThatItEndsWithTheProgram()
{
    MemorySecretStore store;
    QSignalSpy notes(&store, &SecretStore::noteRaised);
    const QString note = store.keep(u"k"_s, u"topsecret"_s).result().note;
    QVERIFY(note.contains(u"until Turnstone is closed"_s));
    QVERIFY(!note.contains(u"topsecret"_s));
    QCOMPARE(notes.size(), 1);
    QCOMPARE(notes.first().first().toString(), note);
}

QTEST_GUILESS_MAIN(tst_MemorySecretStore)
#include "tst_memorysecretstore.moc"
