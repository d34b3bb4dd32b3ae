// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/shell/shortcutdialog.h"

#include "views/shell/actionregistry.h"
#include "views/widgets/theme.h"

#include <QAction>
#include <QDialogButtonBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QKeySequenceEdit>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QTreeWidget>
#include <QVBoxLayout>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

QString plainText(const QAction *action)
{
    return QString(action->text()).remove(u'&').remove(u'…');
}

} // namespace

ShortcutDialog::ShortcutDialog(ActionRegistry &actions, QWidget *parent)
    : QDialog(parent), m_actions(actions), m_filter(new QLineEdit(this)), m_list(new QTreeWidget(this)), m_keys(new QKeySequenceEdit(this)),
      m_assign(new QPushButton(tr("Use these keys"), this)), m_none(new QPushButton(tr("No keys"), this)), m_reset(new QPushButton(tr("As usual"), this)),
      m_note(new QLabel(this))
{
    setAttribute(Qt::WA_DeleteOnClose);
    setObjectName(u"shortcutDialog"_s);
    setWindowTitle(tr("Change the keyboard shortcuts"));
    m_filter->setObjectName(u"shortcutFilter"_s);
    m_filter->setAccessibleName(tr("Find an action"));
    m_filter->setPlaceholderText(tr("Find an action"));
    m_list->setObjectName(u"shortcutList"_s);
    m_list->setAccessibleName(tr("Actions and their keys"));
    m_list->setColumnCount(2);
    m_list->setHeaderLabels({tr("Action"), tr("Keys")});
    m_list->setRootIsDecorated(false);
    m_list->setUniformRowHeights(true);
    m_list->header()->setSectionResizeMode(0, QHeaderView::Stretch);
    m_list->header()->setStretchLastSection(false);
    m_list->setColumnWidth(1, 180);
    m_keys->setObjectName(u"shortcutKeys"_s);
    m_keys->setAccessibleName(tr("New keys"));
    m_assign->setObjectName(u"shortcutAssign"_s);
    m_none->setObjectName(u"shortcutNone"_s);
    m_reset->setObjectName(u"shortcutReset"_s);
    m_note->setObjectName(u"shortcutNote"_s);
    m_note->setForegroundRole(QPalette::PlaceholderText);
    m_note->setWordWrap(true);
    auto *row = new QHBoxLayout;
    row->addWidget(m_keys, 1);
    row->addWidget(m_assign);
    row->addWidget(m_none);
    row->addWidget(m_reset);
    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Close, this);
    auto *layout = new QVBoxLayout(this);
    layout->addWidget(m_filter);
    layout->addWidget(m_list, 1);
    layout->addLayout(row);
    layout->addWidget(m_note);
    layout->addWidget(buttons);
    resize(scaled(620), scaled(520));
    for (QPushButton *button : {m_assign, m_none, m_reset})
        button->setAutoDefault(false);

    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(m_filter, &QLineEdit::textChanged, this, &ShortcutDialog::filter);
    connect(m_list, &QTreeWidget::currentItemChanged, this, &ShortcutDialog::showCurrent);
    connect(m_keys, &QKeySequenceEdit::keySequenceChanged, this, &ShortcutDialog::check);
    connect(m_assign, &QPushButton::clicked, this, &ShortcutDialog::assign);
    connect(m_none, &QPushButton::clicked, this, [this] {
        m_keys->clear();
        assign();
    });
    connect(m_reset, &QPushButton::clicked, this, [this] {
        if (QAction *action = current())
            m_actions.resetShortcut(action);
        list();
    });
    list();
}

QAction *ShortcutDialog::current() const
{
    return m_list->currentItem() == nullptr ? nullptr : m_actions.action(m_list->currentItem()->data(0, Qt::UserRole).toString());
}

void ShortcutDialog::list()
{
    const QString chosen = current() == nullptr ? QString() : current()->objectName();
    m_list->clear();
    for (QAction *action : m_actions.actions()) {
        auto *item = new QTreeWidgetItem(m_list, {plainText(action), QKeySequence::listToString(action->shortcuts(), QKeySequence::NativeText)});
        item->setData(0, Qt::UserRole, action->objectName());
        QFont font = item->font(1);
        font.setBold(m_actions.isChanged(action));
        item->setFont(1, font);
        if (action->objectName() == chosen)
            m_list->setCurrentItem(item);
    }
    if (m_list->currentItem() == nullptr && m_list->topLevelItemCount() > 0)
        m_list->setCurrentItem(m_list->topLevelItem(0));
    filter(m_filter->text());
}

void ShortcutDialog::filter(const QString &text)
{
    for (int i = 0; i < m_list->topLevelItemCount(); ++i) {
        QTreeWidgetItem *item = m_list->topLevelItem(i);
        item->setHidden(!item->text(0).contains(text, Qt::CaseInsensitive) && !item->text(1).contains(text, Qt::CaseInsensitive));
    }
}

void ShortcutDialog::showCurrent()
{
    const QAction *action = current();
    m_keys->setKeySequence(action == nullptr ? QKeySequence() : action->shortcut());
    check();
}

void ShortcutDialog::check()
{
    const QAction *action = current();
    const QAction *holder = m_actions.holderOf(m_keys->keySequence(), action);
    m_note->setText(holder == nullptr ? QString() : tr("%1 has these keys now and loses them.").arg(plainText(holder)));
    m_assign->setEnabled(action != nullptr && m_keys->keySequence() != action->shortcut());
    m_reset->setEnabled(action != nullptr && m_actions.isChanged(action));
}

void ShortcutDialog::assign()
{
    QAction *action = current();
    if (action == nullptr)
        return;
    if (QAction *holder = m_actions.holderOf(m_keys->keySequence(), action))
        m_actions.setShortcut(holder, {});
    m_actions.setShortcut(action, m_keys->keySequence());
    list();
}

} // namespace turnstone
