// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/shell/cheatsheet.h"

#include "views/widgets/theme.h"

#include <QAction>
#include <QDialogButtonBox>
#include <QGridLayout>
#include <QLabel>
#include <QMenu>
#include <QMenuBar>
#include <QScrollArea>
#include <QScrollBar>
#include <QVBoxLayout>

#include <algorithm>
#include <array>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

constexpr int columns = 3;

QString plain(QString text)
{
    return text.remove(u'&').remove(u'…');
}

void collect(const QMenu &menu, std::vector<CheatSheet::Entry> &entries)
{
    for (const QAction *action : menu.actions()) {
        if (const QMenu *below = action->menu())
            collect(*below, entries);
        else if (!action->shortcut().isEmpty())
            entries.emplace_back(plain(action->text()), QKeySequence::listToString(action->shortcuts(), QKeySequence::NativeText));
    }
}

/// What is no action of the window.
std::vector<CheatSheet::Section> builtIn()
{
    const auto tr = [](const char *text) { return CheatSheet::tr(text); };
    return {{tr("In a table"),
             {{tr("First, last row"), u"Ctrl+Home, Ctrl+End"_s},
              {tr("Select more rows"), u"Shift+↑, Shift+↓"_s},
              {tr("Order by a column"), tr("click its header")},
              {tr("Add it to the order"), tr("Shift+click")},
              {tr("Menu of the value"), tr("Menu key")}}},
            {tr("In the tree"),
             {{tr("Open, fold a line"), u"→, ←"_s}, {tr("Show what it stands for"), u"Enter"_s}, {tr("Go to a name"), tr("type it")}}},
            {tr("In the record"), {{tr("Follow a reference"), u"Enter"_s}, {tr("Find in the value"), u"Ctrl+F"_s}, {tr("Next, previous match"), u"Enter, Shift+Enter"_s}}}};
}

QWidget *sectionWidget(const CheatSheet::Section &section, QWidget *parent)
{
    auto *widget = new QWidget(parent);
    auto *grid = new QGridLayout(widget);
    grid->setContentsMargins(0, 0, 0, metrics::space4);
    grid->setHorizontalSpacing(metrics::space4);
    grid->setVerticalSpacing(metrics::space1);
    grid->setColumnStretch(0, 1);
    auto *title = new QLabel(section.title, widget);
    title->setFont(sizedFont(widget->font(), metrics::headingPx, QFont::DemiBold));
    grid->addWidget(title, 0, 0, 1, 2);
    int row = 1;
    for (const auto &[text, keys] : section.entries) {
        auto *what = new QLabel(text, widget);
        what->setWordWrap(true);
        auto *by = new QLabel(keys, widget);
        by->setForegroundRole(QPalette::PlaceholderText);
        by->setAlignment(Qt::AlignRight | Qt::AlignTop);
        grid->addWidget(what, row, 0);
        grid->addWidget(by, row, 1);
        ++row;
    }
    return widget;
}

} // namespace

std::vector<CheatSheet::Section> CheatSheet::sectionsOf(const QMenuBar &menus)
{
    std::vector<Section> sections;
    for (const QAction *entry : menus.actions()) {
        if (entry->menu() == nullptr)
            continue;
        Section section{plain(entry->text()), {}};
        collect(*entry->menu(), section.entries);
        if (!section.entries.empty())
            sections.push_back(std::move(section));
    }
    return sections;
}

CheatSheet::CheatSheet(const QMenuBar &menus, QWidget *parent) : QDialog(parent)
{
    setAttribute(Qt::WA_DeleteOnClose);
    setObjectName(u"cheatSheet"_s);
    setWindowTitle(tr("Keys"));
    auto *page = new QWidget(this);
    auto *pageLayout = new QHBoxLayout(page);
    pageLayout->setSpacing(metrics::space5);
    std::array<QVBoxLayout *, columns> stacks{};
    std::array<std::size_t, columns> heights{};
    for (QVBoxLayout *&stack : stacks) {
        stack = new QVBoxLayout;
        pageLayout->addLayout(stack, 1);
    }
    std::vector<Section> sections = sectionsOf(menus);
    for (Section &section : builtIn())
        sections.push_back(std::move(section));
    std::ranges::stable_sort(sections, std::greater(), [](const Section &section) { return section.entries.size(); });
    for (const Section &section : sections) {
        const auto shortest = std::ranges::min_element(heights) - heights.begin();
        heights[static_cast<std::size_t>(shortest)] += section.entries.size() + 2;
        stacks[static_cast<std::size_t>(shortest)]->addWidget(sectionWidget(section, page));
    }
    for (QVBoxLayout *stack : stacks)
        stack->addStretch(1);
    auto *area = new QScrollArea(this);
    area->setObjectName(u"cheatSheetPage"_s);
    area->setAccessibleName(tr("Keys of the window"));
    area->setWidget(page);
    area->setWidgetResizable(true);
    area->verticalScrollBar()->setAccessibleName(tr("Scroll the keys"));
    area->setFrameShape(QFrame::NoFrame);
    area->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff); // what is too long wraps
    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Close, this);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    auto *layout = new QVBoxLayout(this);
    layout->addWidget(area, 1);
    layout->addWidget(buttons);
    resize(scaled(1040), scaled(680));
}

} // namespace turnstone
