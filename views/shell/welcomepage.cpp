// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/shell/welcomepage.h"

#include "models/demo/demomapping.h"
#include "views/widgets/icons.h"
#include "views/widgets/theme.h"

#include <QEvent>
#include <QFileInfo>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

constexpr int columnWidth = 460;
constexpr int logoSize = 72;

} // namespace

WelcomePage::WelcomePage(QWidget *parent) : QWidget(parent), m_logo(new QLabel(this)), m_recent(new QVBoxLayout), m_demo(new QVBoxLayout)
{
    setObjectName(u"welcomePage"_s);
    setAutoFillBackground(true);
    setBackgroundRole(QPalette::Base);

    showLogo();
    auto *name = new QLabel(u"Turnstone"_s, this);
    name->setFont(sizedFont(font(), metrics::titlePx + metrics::space2, QFont::DemiBold));
    auto *claim = new QLabel(tr("Open a SQLite file or a PostgreSQL database of an LLM application and read what it holds."), this);
    claim->setForegroundRole(QPalette::PlaceholderText);
    claim->setWordWrap(true);
    auto *open = new QPushButton(tr("Open a file…"), this);
    open->setObjectName(u"welcomeOpen"_s);
    open->setDefault(true);
    auto *connectTo = new QPushButton(tr("Connect to PostgreSQL…"), this);
    connectTo->setObjectName(u"welcomeConnect"_s);
    for (QPushButton *button : {open, connectTo})
        button->setMinimumHeight(metrics::rowHeight + metrics::space2);
    auto *buttons = new QHBoxLayout;
    buttons->addWidget(open);
    buttons->addWidget(connectTo);
    buttons->addStretch();
    const auto heading = [this](const QString &text) {
        auto *label = new QLabel(text, this);
        label->setFont(sizedFont(font(), metrics::captionPx, QFont::DemiBold));
        label->setForegroundRole(QPalette::PlaceholderText);
        return label;
    };

    auto *column = new QWidget(this);
    column->setMaximumWidth(columnWidth);
    auto *layout = new QVBoxLayout(column);
    layout->setSpacing(metrics::space2);
    layout->addStretch(2);
    layout->addWidget(m_logo);
    layout->addWidget(name);
    layout->addWidget(claim);
    layout->addSpacing(metrics::space3);
    layout->addLayout(buttons);
    layout->addSpacing(metrics::space5);
    layout->addWidget(heading(tr("Recent")));
    layout->addLayout(m_recent);
    layout->addSpacing(metrics::space4);
    layout->addWidget(heading(tr("Try a sample")));
    layout->addLayout(m_demo);
    layout->addStretch(3);
    auto *page = new QHBoxLayout(this);
    page->addStretch();
    page->addWidget(column, 1);
    page->addStretch();

    connect(open, &QPushButton::clicked, this, &WelcomePage::openTriggered);
    connect(connectTo, &QPushButton::clicked, this, &WelcomePage::connectTriggered);
    setRecent({});
}

void WelcomePage::showLogo()
{
    m_logo->setPixmap(themedIcon(u"turnstone"_s, Tokens::of(palette()).text).pixmap(QSize(logoSize, logoSize), devicePixelRatioF()));
}

void WelcomePage::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange)
        showLogo();
}

void WelcomePage::clear(QVBoxLayout *list)
{
    while (QLayoutItem *item = list->takeAt(0)) {
        delete item->widget();
        delete item;
    }
}

void WelcomePage::setRecent(const QStringList &places)
{
    clear(m_recent);
    for (const QString &place : places) {
        auto *entry = new QPushButton(QFileInfo(place).fileName(), this);
        entry->setFlat(true);
        entry->setIcon(themedIcon(u"database"_s, &Tokens::muted));
        entry->setToolTip(place);
        entry->setAccessibleName(tr("Open %1").arg(place));
        connect(entry, &QPushButton::clicked, this, [this, place] { emit databaseChosen(place); });
        m_recent->addWidget(entry, 0, Qt::AlignLeft);
    }
    if (places.isEmpty()) {
        auto *sentence = new QLabel(tr("Nothing yet. A file can also be dropped onto this window."), this);
        sentence->setForegroundRole(QPalette::PlaceholderText);
        m_recent->addWidget(sentence);
    }
}

void WelcomePage::setSystems(const ProfileRegistry &registry)
{
    clear(m_demo);
    const QStringList samples = DemoMapping::systems();
    for (const auto &profile : registry.profiles()) {
        if (!samples.contains(profile->id()))
            continue;
        auto *entry = new QPushButton(profile->title(), this);
        entry->setObjectName(u"demo-"_s + profile->id());
        entry->setFlat(true);
        entry->setIcon(themedIcon(u"system"_s, &Tokens::muted));
        entry->setToolTip(profile->about());
        entry->setAccessibleName(tr("Open the sample %1").arg(profile->title()));
        connect(entry, &QPushButton::clicked, this, [this, id = profile->id()] { emit demoChosen(id); });
        m_demo->addWidget(entry, 0, Qt::AlignLeft);
    }
}

} // namespace turnstone
