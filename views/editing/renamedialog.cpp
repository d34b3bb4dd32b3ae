// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/editing/renamedialog.h"

#include "views/widgets/theme.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QTreeWidget>
#include <QVBoxLayout>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

/// Around the first place where both differ.
std::pair<QString, QString> difference(const QString &before, const QString &after)
{
    constexpr qsizetype around = 30;
    constexpr qsizetype shown = 90;
    qsizetype first = 0;
    while (first < before.size() && first < after.size() && before[first] == after[first])
        ++first;
    const qsizetype from = std::max<qsizetype>(first - around, 0);
    const QString dots = from > 0 ? u"…"_s : QString();
    return {dots + before.mid(from, shown).simplified(), dots + after.mid(from, shown).simplified()};
}

} // namespace

RenameDialog::RenameDialog(const EditTarget &target, const Value &value, std::vector<MentionChange> mentions, QWidget *parent)
    : QDialog(parent), m_mentions(std::move(mentions)), m_list(new QTreeWidget(this))
{
    setObjectName(u"renameDialog"_s);
    setWindowTitle(tr("Rename %1 to %2").arg(target.image.address.text(), value.toDisplayText()));
    resize(scaled(760), scaled(420));
    auto *head = new QLabel(m_mentions.size() == 1 ? tr("One text mentions it by its name. It follows:") : tr("%1 texts mention it by its name. They follow:").arg(m_mentions.size()), this);
    m_list->setObjectName(u"mentions"_s);
    m_list->setAccessibleName(tr("Texts that mention it"));
    m_list->setHeaderLabels({tr("Where"), tr("Now"), tr("Then")});
    m_list->setRootIsDecorated(false);
    for (const MentionChange &mention : m_mentions) {
        const auto [before, after] = difference(mention.before.toDisplayText(), mention.after.toDisplayText());
        auto *item = new QTreeWidgetItem(m_list, {mention.image.address.text() + u" · "_s + mention.column, before, after});
        item->setCheckState(0, Qt::Checked);
        item->setToolTip(2, after);
    }
    m_list->header()->setSectionResizeMode(QHeaderView::Stretch);
    const auto button = [this](const QString &name, const QString &text) {
        auto *added = new QPushButton(text, this);
        added->setObjectName(name);
        return added;
    };
    auto *cancel = button(u"cancelRename"_s, tr("Cancel"));
    auto *rename = button(u"confirmRename"_s, tr("Rename"));
    rename->setDefault(true);
    auto *foot = new QHBoxLayout;
    foot->addStretch(1);
    foot->addWidget(cancel);
    foot->addWidget(rename);
    auto *layout = new QVBoxLayout(this);
    layout->addWidget(head);
    layout->addWidget(m_list, 1);
    layout->addLayout(foot);
    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    connect(rename, &QPushButton::clicked, this, [this] {
        std::vector<MentionChange> followed;
        for (int i = 0; i < m_list->topLevelItemCount(); ++i) {
            if (m_list->topLevelItem(i)->checkState(0) == Qt::Checked)
                followed.push_back(m_mentions[static_cast<std::size_t>(i)]);
        }
        emit renamed(followed);
        accept();
    });
}

} // namespace turnstone
