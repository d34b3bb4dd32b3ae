// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/database/envfile.h"

#include "tests/fuzz/envinvariants.h"
#include "tests/fuzz/mutations.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <random>

using namespace turnstone;
using namespace Qt::StringLiterals;

class tst_EnvFile : public QObject
{
    Q_OBJECT

private slots:
    void valuesAreReadAsShellsReadThem_data();
    void valuesAreReadAsShellsReadThem();
    void otherSettingsAndTheEnvironmentAreFilledIn();
    void aReferenceToNothingSpoilsOnlyItsOwnKey();
    void valuesThatGrowWithoutBoundAreRefused();
    void theLastSettingOfAKeyCounts();
    void linesAreCountedThroughQuotedLineBreaks();
    void malformedLinesAreNamed_data();
    void malformedLinesAreNamed();
    void filesThatCannotBeReadAreTold();
    void anyBytesAreReadOrRefused();
};

void tst_EnvFile::valuesAreReadAsShellsReadThem_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QString>("value");
    const auto row = [](const char *name, const char *text, const char *value) { QTest::newRow(name) << QByteArray(text) << QString::fromUtf8(value); };
    row("plain", "KEY=value", "value");
    row("export", "export KEY=value\n", "value");
    row("export with tabs", "\texport\tKEY=value\n", "value");
    row("spaces around", "  KEY = value  \n", "value");
    row("empty", "KEY=\n", "");
    row("spaces inside", "KEY=a b  c \n", "a b  c");
    row("comment behind", "KEY=value # comment\n", "value");
    row("no comment inside", "KEY=a#b\n", "a#b");
    row("hash at once", "KEY=#b\n", "#b");
    row("only a comment", "KEY= # comment\n", "");
    row("single quotes", "KEY='a \"b\" # c ${X} \\n' # comment\n", "a \"b\" # c ${X} \\n");
    row("double quotes", "KEY=\"a 'b' # c\\n\\t\\\"\\\\\\$\\x\"\n", "a 'b' # c\n\t\"\\$\\x");
    row("single quote escaped", "KEY='it\\'s \\\\'\n", "it's \\");
    row("two lines", "KEY=\"a\nb\"\n", "a\nb");
    row("continued line", "KEY=\"a\\\nb\"\n", "ab");
    row("quotes inside", "KEY=a\"b\"'c'\n", "a\"b\"'c'");
    row("equals inside", "KEY=postgresql://h/d?a=b&c=d\n", "postgresql://h/d?a=b&c=d");
    row("dollar", "KEY=pa$$word$X$\n", "pa$$word$X$");
    row("open brace", "KEY=a${b\n", "a${b");
    row("CRLF", "A=1\r\nKEY=value\r\nB=2\r\n", "value");
    row("CRLF quoted", "KEY=\"a\r\nb\"\r\n", "a\nb");
    row("CR at the end", "KEY=value\r", "value");
    row("BOM", "\xEF\xBB\xBFKEY=value\n", "value");
    row("comments and blank lines", "\n# KEY=no\n   \n\t# x\nKEY=value\n", "value");
    row("other languages", "KEY=größe 名前 😀\n", "größe 名前 😀");
    row("dots and dashes", "A.b-c=1\nKEY=value\n", "value");
    row("a key called export", "export=1\nKEY=value\n", "value");
    row("exported without a value", "export OTHER\nKEY=value\n", "value");
}

void tst_EnvFile::valuesAreReadAsShellsReadThem()
{
    QFETCH(QByteArray, text);
    const Result<EnvFile> env = EnvFile::parse(text, u".env"_s);
    QVERIFY2(env, env ? "" : qPrintable(env.error().message));
    QVERIFY(env->contains(u"KEY"_s));
    QTEST(env->value(u"KEY"_s).value(), "value");
}

void tst_EnvFile::otherSettingsAndTheEnvironmentAreFilledIn()
{
    QProcessEnvironment environment;
    environment.insert(u"OUTSIDE"_s, u"out"_s);
    environment.insert(u"A"_s, u"hidden by the file"_s);
    const Result<EnvFile> env = EnvFile::parse("A=1\nB=\"${A}-${OUTSIDE}\"\nC=x${B}y\nD='${A}'\nE=${NONE:-default}\nF=${A:-default}\nEMPTY=\nG=${EMPTY:-default}\nH=${EMPTY}.\n",
                                               u".env"_s, environment);
    QVERIFY(env);
    const auto value = [&](const QString &key) { return env->value(key).value(); };
    QCOMPARE(value(u"B"_s), u"1-out"_s);
    QCOMPARE(value(u"C"_s), u"x1-outy"_s);
    QCOMPARE(value(u"D"_s), u"${A}"_s);
    QCOMPARE(value(u"E"_s), u"default"_s);
    QCOMPARE(value(u"F"_s), u"1"_s);
    QCOMPARE(value(u"G"_s), u"default"_s);
    QCOMPARE(value(u"H"_s), u"."_s);
    QCOMPARE(value(u"ABSENT"_s), QString());
    QVERIFY(!env->contains(u"ABSENT"_s));
    QCOMPARE(env->keys().first(), u"A"_s);
}

void tst_EnvFile::aReferenceToNothingSpoilsOnlyItsOwnKey()
{
    const Result<EnvFile> env = EnvFile::parse("A=1\nB=${LATER}\nLATER=2\nC=${B}\n", u"my.env"_s);
    QVERIFY(env);
    QCOMPARE(env->value(u"A"_s).value(), u"1"_s);
    const Result<QString> b = env->value(u"B"_s);
    QVERIFY(!b);
    QVERIFY2(b.error().message.startsWith(u"my.env, line 2: “B”"_s), qPrintable(b.error().message));
    QVERIFY(!env->value(u"C"_s));
    QCOMPARE(env->value(u"LATER"_s).value(), u"2"_s);
}

void tst_EnvFile::valuesThatGrowWithoutBoundAreRefused()
{
    QByteArray text = "V0=0123456789\n";
    for (int i = 1; i < 60; ++i)
        text += "V" + QByteArray::number(i) + "=${V" + QByteArray::number(i - 1) + "}${V" + QByteArray::number(i - 1) + "}\n";
    const Result<EnvFile> env = EnvFile::parse(text, u".env"_s);
    QVERIFY(env);
    QCOMPARE(env->value(u"V5"_s).value().size(), 320);
    QVERIFY(!env->value(u"V59"_s));
}

void tst_EnvFile::theLastSettingOfAKeyCounts()
{
    const Result<EnvFile> env = EnvFile::parse("A=1\nB=2\nA=3\n", u".env"_s);
    QVERIFY(env);
    QCOMPARE(env->value(u"A"_s).value(), u"3"_s);
    QCOMPARE(env->line(u"A"_s), 3);
    QCOMPARE(env->line(u"ABSENT"_s), 0);
    QCOMPARE(env->keys(), (QStringList{u"B"_s, u"A"_s}));
}

void tst_EnvFile::linesAreCountedThroughQuotedLineBreaks()
{
    const Result<EnvFile> env = EnvFile::parse("A=\"1\n2\\\n3\"\r\nB='x\r\ny'\nC=4\n", u".env"_s);
    QVERIFY(env);
    QCOMPARE(env->line(u"A"_s), 1);
    QCOMPARE(env->line(u"B"_s), 4);
    QCOMPARE(env->line(u"C"_s), 6);
}

void tst_EnvFile::malformedLinesAreNamed_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QString>("part");
    QTest::newRow("no equals") << QByteArray("A=1\nhunter2\n") << u"line 2: after the key"_s;
    QTest::newRow("no key") << QByteArray("=hunter2\n") << u"line 1: "_s;
    QTest::newRow("key begins with a digit") << QByteArray("A=1\n\n1KEY=hunter2\n") << u"line 3: "_s;
    QTest::newRow("open single quote") << QByteArray("A=1\nKEY='hunter2\nB=2\n") << u"line 2: the value of “KEY” begins with a '"_s;
    QTest::newRow("open double quote") << QByteArray("KEY=\"hunter2\\\"\n") << u"line 1: the value of “KEY” begins with a \""_s;
    QTest::newRow("text after the quote") << QByteArray("KEY='a'hunter2\n") << u"line 1: after the closing '"_s;
    QTest::newRow("hash after the quote") << QByteArray("KEY='a'#hunter2\n") << u"line 1: after the closing '"_s;
    QTest::newRow("not UTF-8") << QByteArray("A=1\nKEY=\xff\n") << u"line 2: this is not UTF-8"_s;
    QTest::newRow("UTF-16") << QByteArray("\xff\xfeK\0E\0Y\0=\0", 10) << u"line 1: this is not UTF-8"_s;
    QTest::newRow("zero character") << QByteArray("A=1\n\0=2\n", 8) << u"line 2: this is not UTF-8"_s;
}

void tst_EnvFile::malformedLinesAreNamed()
{
    QFETCH(QByteArray, text);
    QFETCH(QString, part);
    const Result<EnvFile> env = EnvFile::parse(text, u"/x/my.env"_s);
    QVERIFY(!env);
    QCOMPARE(env.error().code, ErrorCode::Syntax);
    QVERIFY2(env.error().message.startsWith("/x/my.env, "_L1 + part), qPrintable(env.error().message));
    if (!part.contains("after the key"_L1)) // there the value was taken for a key
        QVERIFY2(!env.error().message.contains("hunter2"_L1), qPrintable(env.error().message));
}

void tst_EnvFile::filesThatCannotBeReadAreTold()
{
    QTemporaryDir temporary;
    QCOMPARE(EnvFile::read(temporary.filePath(u"absent"_s)).error().code, ErrorCode::NotFound);
    const Result<EnvFile> directory = EnvFile::read(temporary.path());
    QVERIFY(!directory);
    QVERIFY(directory.error().message.contains(u"folder"_s));

    QFile file(temporary.filePath(u"big"_s));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(QByteArray((1 << 20) + 1, '\n'));
    file.close();
    QVERIFY(EnvFile::read(file.fileName()).error().message.contains(u"1 MB"_s));
    QVERIFY(file.resize(1 << 20));
    QVERIFY(EnvFile::read(file.fileName()));
}

void tst_EnvFile::anyBytesAreReadOrRefused()
{
    Mutations mutations({u"DATABASE_URL=postgresql://u:p@h/db # c\nexport A='b c'\r\nB=\"${A}\\n\"\n# d\n"_s, u"A=${B:-c}\nB=${A}${A}\nC=\"x\ny\"\n"_s, u"export A\nA.b-c = d\n\n"_s},
                        {u"'"_s, u"\""_s, u"\\"_s, u"$"_s, u"${"_s, u"}"_s, u"${A}"_s, u":-"_s, u"#"_s, u" #"_s, u"="_s, u"\n"_s, u"\r"_s, u"\r\n"_s, u"export "_s, u"A=\n"_s, u" "_s,
                         QString(QChar(0)), QString(QChar(0xFEFF)), u"ä"_s});
    std::mt19937 random(7);
    for (int i = 0; i < 5000; ++i) {
        QByteArray bytes = mutations.next().toUtf8();
        if (i % 10 == 0 && !bytes.isEmpty())
            bytes[qsizetype(random() % std::mt19937::result_type(bytes.size()))] = char(random() & 0xFF);
        const QString broken = brokenEnvInvariant(bytes);
        QVERIFY2(broken.isEmpty(), qPrintable(broken + u" in: "_s + QString::fromLatin1(bytes.toPercentEncoding())));
    }
}

QTEST_GUILESS_MAIN(tst_EnvFile)
#include "tst_envfile.moc"
