// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/help/helpwindow.h"

#include "views/help/helpbrowser.h"

#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QRegularExpression>
#include <QTest>

using namespace turnstone;
using namespace Qt::StringLiterals;

class tst_HelpWindow : public QObject
{
    Q_OBJECT

private slots:
    void aTopicShowsItsPage()
    {
        HelpWindow window;
        window.showTopic(u"table"_s);
        const auto *browser = window.findChild<HelpBrowser *>(u"helpPage"_s);
        QVERIFY(browser->toPlainText().startsWith(u"Tables"_s));
        QCOMPARE(window.findChild<QListWidget *>(u"helpPages"_s)->currentItem()->data(Qt::UserRole).toString(), u"table"_s);
    }

    void anUnknownTopicShowsTheFirstPage()
    {
        HelpWindow window;
        window.showTopic(u"no such panel"_s);
        QCOMPARE(window.findChild<QListWidget *>(u"helpPages"_s)->currentRow(), 0);
        QVERIFY(window.findChild<HelpBrowser *>(u"helpPage"_s)->toPlainText().startsWith(u"First steps"_s));
    }

    void wordsArePagesFoundBy()
    {
        HelpWindow window;
        window.showTopic(u"start"_s);
        auto *find = window.findChild<QLineEdit *>(u"helpFind"_s);
        find->setText(u"facet keyring zzz"_s);
        QVERIFY(!window.findChild<QLabel *>()->isHidden());
        find->setText(u"TOTAL_TURNS"_s);
        const auto *list = window.findChild<QListWidget *>(u"helpPages"_s);
        QCOMPARE(list->currentItem()->data(Qt::UserRole).toString(), u"table"_s);
        QVERIFY(list->item(0)->isHidden());
    }

    void everyLinkLeadsToAPage()
    {
        const std::vector<HelpPage> pages = helpPages();
        QVERIFY(pages.size() >= 4);
        QStringList topics;
        for (const HelpPage &page : pages) {
            QVERIFY2(!page.title.isEmpty() && page.markdown.startsWith(u"# "_s), qPrintable(page.topic));
            topics.append(page.topic);
        }
        static const QRegularExpression link(u"\\]\\(([^)]*)\\)"_s);
        for (const HelpPage &page : pages) {
            for (auto match = link.globalMatch(page.markdown); match.hasNext();) {
                const QString target = match.next().captured(1);
                QVERIFY2(topics.contains(target), qPrintable(page.topic + u" links to "_s + target));
            }
        }
    }
};

QTEST_MAIN(tst_HelpWindow)
#include "tst_helpwindow.moc"
