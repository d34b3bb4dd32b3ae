// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/testpaths.h"
#include "tests/unit/models/browsing/openedsystem.h"
#include "views/shell/panelkinds.h"

#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>

using namespace turnstone;
using namespace Qt::StringLiterals;

namespace {

/// A line of packaging/pictures/panels.txt.
struct Picture
{
    QString name;
    QString system; ///< "every" for all
    QString kind;   ///< empty: a table
};

std::vector<Picture> pictures()
{
    static const QRegularExpression view(u"--view (\\w+)"_s);
    static const QRegularExpression path(u"--path \\S*#(\\w+)(\\?\\S*)?$"_s);
    std::vector<Picture> all;
    QFile file(sourcePath(u"packaging/pictures/panels.txt"_s));
    if (!file.open(QIODevice::ReadOnly))
        return all;
    for (const QString &line : QString::fromUtf8(file.readAll()).split(u'\n', Qt::SkipEmptyParts)) {
        const auto place = path.match(line);
        all.push_back({line.section(u' ', 0, 0), line.section(u' ', 1, 1), place.hasMatch() ? place.captured(1) : view.match(line).captured(1)});
    }
    return all;
}

/// Whether somebody who opened this database comes to such a panel.
bool isOffered(const PanelKind &kind, const DatabaseContext &context)
{
    if (kind.applies && kind.applies(context))
        return true;
    if (!kind.recordTitle)
        return !kind.applies;
    const auto titled = [&](const CatalogTable &table) { return !kind.recordTitle(context, table.name).isEmpty(); };
    return std::ranges::any_of(context.catalog->tables, titled);
}

} // namespace

class tst_PanelPictures : public QObject
{
    Q_OBJECT

private slots:
    void everyPanelThatASystemOffersHasAPicture_data()
    {
        QTest::addColumn<QString>("system");
        for (const char *system : {"consensus-engine", "mindgames-arena", "quorum", "llm-orchestration", "project-2501"})
            QTest::newRow(system) << QString::fromLatin1(system);
    }

    void everyPanelThatASystemOffersHasAPicture()
    {
        QFETCH(QString, system);
        const QTemporaryDir folder;
        const QString path = folder.filePath(u"pictures.db"_s);
        QCOMPARE(makeDemoFile(path, system), QString());
        const OpenedSystem opened(DatabaseUrl::forFile(path));
        const std::vector<Picture> all = pictures();
        const auto has = [&](const QString &kind) {
            return std::ranges::any_of(all, [&](const Picture &each) { return each.kind == kind && (each.system == system || each.system == u"every"); });
        };
        QVERIFY(has({}));
        QStringList missing, needless;
        for (const PanelKind &kind : allPanelKinds()) {
            const bool offered = kind.id == u"edits" || isOffered(kind, opened.context);
            if (offered && !has(kind.id))
                missing.append(kind.id);
            if (!offered && has(kind.id))
                needless.append(kind.id);
        }
        QVERIFY2(missing.isEmpty(), qPrintable(u"packaging/pictures/panels.txt lacks "_s + missing.join(u", ")));
        QVERIFY2(needless.isEmpty(), qPrintable(u"packaging/pictures/panels.txt has what nobody is offered: "_s + needless.join(u", ")));
    }

    void everyPictureHasANameOfItsOwn()
    {
        const std::vector<Picture> all = pictures();
        QVERIFY(!all.empty());
        QSet<QString> names;
        for (const Picture &each : all) {
            QVERIFY2(!names.contains(each.system + u'-' + each.name), qPrintable(each.name));
            names.insert(each.system + u'-' + each.name);
            const std::vector<PanelKind> kinds = allPanelKinds();
            QVERIFY2(each.kind.isEmpty() ? each.name.startsWith(u"table") : std::ranges::any_of(kinds, [&](const PanelKind &kind) { return kind.id == each.kind; }), qPrintable(each.name));
        }
    }
};

QTEST_MAIN(tst_PanelPictures)
#include "tst_panelpictures.moc"
