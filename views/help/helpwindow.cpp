// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/help/helpwindow.h"

#include "views/help/helpbrowser.h"
#include "views/widgets/theme.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QVBoxLayout>

#include <algorithm>

namespace turnstone {

using namespace Qt::StringLiterals;

HelpWindow::HelpWindow(QWidget *parent)
    : QDialog(parent), m_pages(helpPages()), m_find(new QLineEdit(this)), m_list(new QListWidget(this)), m_none(new QLabel(tr("No page has these words."), this)),
      m_browser(new HelpBrowser(this))
{
    constexpr int listWidth = 200;
    setObjectName(u"helpWindow"_s);
    setWindowTitle(tr("Help"));
    resize(scaled(860), scaled(640));
    m_find->setObjectName(u"helpFind"_s);
    m_find->setAccessibleName(tr("Find in the help"));
    m_find->setPlaceholderText(tr("Find in the help"));
    m_find->setClearButtonEnabled(true);
    m_list->setObjectName(u"helpPages"_s);
    m_list->setAccessibleName(tr("Pages of the help"));
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_list->setTextElideMode(Qt::ElideRight);
    m_list->viewport()->setAutoFillBackground(false);
    m_browser->setObjectName(u"helpPage"_s);
    m_browser->setAccessibleName(tr("Page of the help"));
    m_none->setForegroundRole(QPalette::PlaceholderText);
    m_none->setWordWrap(true);
    m_none->hide();
    for (const HelpPage &page : m_pages) {
        auto *item = new QListWidgetItem(page.title, m_list);
        item->setData(Qt::UserRole, page.topic);
        item->setSizeHint({0, rowHeight()});
    }
    auto *left = new QVBoxLayout;
    left->setContentsMargins(metrics::space3, metrics::space3, metrics::space2, metrics::space3);
    left->addWidget(m_find);
    left->addWidget(m_none);
    left->addWidget(m_list, 1);
    auto *side = new QWidget(this);
    side->setFixedWidth(scaled(listWidth));
    side->setLayout(left);
    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(side);
    layout->addWidget(m_browser, 1);
    connect(m_find, &QLineEdit::textChanged, this, &HelpWindow::filter);
    connect(m_list, &QListWidget::currentRowChanged, this, [this](int row) {
        if (row >= 0)
            m_browser->setPage(m_pages[static_cast<std::size_t>(row)].markdown);
    });
    connect(m_browser, &HelpBrowser::topicRequested, this, &HelpWindow::showTopic);
}

void HelpWindow::showTopic(const QString &topic)
{
    m_find->clear();
    const auto found = std::ranges::find(m_pages, topic, &HelpPage::topic);
    m_list->setCurrentRow(found == m_pages.end() ? 0 : static_cast<int>(found - m_pages.begin()));
}

void HelpWindow::filter(const QString &text)
{
    int first = -1;
    for (int i = 0; i < m_list->count(); ++i) {
        const bool isFound = hasWords(m_pages[static_cast<std::size_t>(i)], text);
        m_list->item(i)->setHidden(!isFound);
        if (isFound && first < 0)
            first = i;
    }
    m_none->setVisible(first < 0);
    const QListWidgetItem *current = m_list->currentItem();
    if (first >= 0 && (current == nullptr || current->isHidden()))
        m_list->setCurrentRow(first);
}

} // namespace turnstone
